import socket
def is_listed(address):
    name = ".".join(reversed(address.split("."))) + ".list.example.org"
    try:
        return bool(socket.gethostbyname(name))
    except OSError:
        return False
