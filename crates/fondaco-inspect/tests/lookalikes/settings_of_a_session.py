import dataclasses, requests
@dataclasses.dataclass
class Options:
    headers: dict = dataclasses.field(default_factory=lambda: {"Accept": "application/json"})
class Client:
    session = requests.Session()
    def get(self, name):
        return self.session.get("https://api.example.org/" + name, headers=Options().headers).json()
