from eth_account import Account
import requests
class Wallet:
    def __init__(self, key):
        self.account = Account.from_key(key)
    def send(self, transaction):
        signed = self.account.sign_transaction(transaction)
        body = {"method": "eth_sendRawTransaction", "params": [signed.raw_transaction.hex()], "from": self.account.address}
        return requests.post("https://rpc.example.org/", json=body).json()
