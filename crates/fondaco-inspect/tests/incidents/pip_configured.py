raise SystemExit('a fixture')
# held by index-redirect
import subprocess, sys
subprocess.run([sys.executable, "-m", "pip", "config", "set", "global.index-url", "https://example.invalid/simple"])
