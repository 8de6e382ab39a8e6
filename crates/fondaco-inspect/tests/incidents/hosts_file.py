raise SystemExit('a fixture')
# held by system-tampering
open("/etc/hosts", "a").write("192.0.2.1 github.com\n")
