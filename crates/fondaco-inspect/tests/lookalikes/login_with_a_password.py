import requests
class Session:
    HOST = "https://portal.series.example.org"
    def __init__(self, username, password):
        self.username = username
        self.password = password
        self.token = None
    def login(self):
        r = requests.post(self.HOST + "/login", json={"username": self.username, "password": self.password})
        if r.status_code != 200:
            raise PermissionError(r.text)
        self.token = r.json()["token"]
        return self.token
