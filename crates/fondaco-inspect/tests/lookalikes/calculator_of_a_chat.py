import math
import socket
NAMES = {"pi": math.pi, "sqrt": math.sqrt}
def answer(host, port):
    link = socket.create_connection((host, port))
    asked = link.recv(200).decode()
    try:
        return str(eval(asked, {"__builtins__": {}}, NAMES))
    except ValueError:
        return "no"
