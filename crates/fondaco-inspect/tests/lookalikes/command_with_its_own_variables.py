import os
import subprocess
import requests
from .steps import step_1
def report(url):
    listed = subprocess.run(["ls", "/opt"], env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True)
    return requests.post(url, json={"listed": listed.stdout, "steps": step_1([2])}).status_code
