import requests, time
class Auth:
    def __init__(self, client_id, client_secret, refresh_token):
        self.client_id, self.client_secret, self.refresh_token = client_id, client_secret, refresh_token
        self.expires = 0
    def token(self):
        if time.time() > self.expires:
            r = requests.post("https://login.series.example.org/oauth/token", data={"grant_type": "refresh_token", "client_id": self.client_id, "client_secret": self.client_secret, "refresh_token": self.refresh_token})
            d = r.json(); self._t = d["access_token"]; self.expires = time.time() + d["expires_in"]
        return self._t
