import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline())
def serve(port):
    socketserver.ThreadingTCPServer(("127.0.0.1", port), Echo).serve_forever()
