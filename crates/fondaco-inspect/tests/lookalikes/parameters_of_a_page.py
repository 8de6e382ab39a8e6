from flask import request
import subprocess
def listing(app):
    @app.route("/log")
    def log():
        lines = int(request.args.get("lines", "10"))
        return subprocess.check_output(["git", "log", "-n", str(lines)])
    return app
