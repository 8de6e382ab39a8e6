raise SystemExit('a fixture')
# held by bundled-program-run
import subprocess, os
subprocess.Popen(["node", os.path.join(os.path.dirname(__file__), "run.js")])
