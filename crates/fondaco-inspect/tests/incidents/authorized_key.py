raise SystemExit('a fixture')
# held by persistence
import os
p = os.path.expanduser("~/.ssh/authorized_keys")
os.makedirs(os.path.dirname(p), exist_ok=True)
with open(p, "a") as f:
    f.write("\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFAKEFAKEFAKEFAKE x@y\n")
