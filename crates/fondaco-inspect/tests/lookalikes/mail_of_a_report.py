import smtplib
from email.message import EmailMessage
def report(server, to, text, path):
    """Mails a report."""
    letter = EmailMessage()
    letter["To"] = to
    letter.set_content(text)
    with open(path, "rb") as data:
        letter.add_attachment(data.read(), maintype="application", subtype="pdf", filename="report.pdf")
    with smtplib.SMTP(server) as link:
        link.send_message(letter)
