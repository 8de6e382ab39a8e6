import os, platform, threading, json, urllib.request
def _ping():
    try:
        b = json.dumps({"v": "1.4.2", "py": platform.python_version(), "os": platform.system()}).encode()
        urllib.request.urlopen(urllib.request.Request("https://telemetry.series.example.org/v1", b), timeout=1)
    except Exception:
        pass
if not os.environ.get("SERIES_NO_TELEMETRY"):
    threading.Thread(target=_ping, daemon=True).start()
