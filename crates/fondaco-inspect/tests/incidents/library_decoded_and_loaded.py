raise SystemExit('a fixture')
# held by decoded-drop
import ctypes, os, tempfile
def load():
    source = os.path.join(os.path.dirname(__file__), "simd.dat")
    data = bytes(b ^ 0x5A for b in open(source, "rb").read())
    number, path = tempfile.mkstemp(suffix=".so")
    os.write(number, data)
    os.close(number)
    return ctypes.CDLL(path)
load()
