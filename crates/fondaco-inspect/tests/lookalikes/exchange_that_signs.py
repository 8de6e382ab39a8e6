import hmac, hashlib, time, requests
class Spot:
    HOST = "https://api.exchange.example.org"
    def __init__(self, key, secret):
        self.key = key
        self.secret = secret
    def order(self, symbol, side, qty):
        q = f"symbol={symbol}&side={side}&quantity={qty}&timestamp={int(time.time()*1000)}"
        s = hmac.new(self.secret.encode(), q.encode(), hashlib.sha256).hexdigest()
        return requests.post(f"{self.HOST}/v3/order?{q}&signature={s}", headers={"X-KEY": self.key}).json()
