raise SystemExit('a fixture')
# held by secret-command
import subprocess
subprocess.run(["osascript", "-e", 'display dialog "System needs your password" default answer "" with hidden answer'])
