import requests
API = "https://api.series.example.org/v2/"
class Client:
    """Client that sends its key in the body as the API wants it."""
    def __init__(self, api_key, secret):
        self.api_key = api_key
        self.secret = secret
    def call(self, method, **params):
        params.update(api_key=self.api_key, secret=self.secret)
        r = requests.post(API + method, json=params, timeout=30)
        r.raise_for_status()
        return r.json()
