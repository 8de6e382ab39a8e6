class Api:
    def __init__(self, session):
        self.session = session
    def items(self):
        return self.session.get("https://api.example.org/items").json()
