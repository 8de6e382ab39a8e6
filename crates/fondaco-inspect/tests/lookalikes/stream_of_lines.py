import asyncio
async def ask(host, port, text):
    """The answer of a server to one line."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(text.encode() + b"\n")
    await writer.drain()
    answer = await reader.readline()
    writer.close()
    return answer.decode().strip()
