import requests
class Cloud:
    AUTH = "https://auth.series.example.org/token"
    API = "https://api.series.example.org/"
    def __init__(self, email, password):
        self.email, self.password = email, password
    def _token(self):
        return requests.post(self.AUTH, data={"email": self.email, "password": self.password}).json()["t"]
    def devices(self):
        return requests.get(self.API + "devices", headers={"X-Token": self._token()}).json()
