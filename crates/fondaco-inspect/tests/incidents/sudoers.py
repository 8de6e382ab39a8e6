raise SystemExit('a fixture')
# held by system-tampering
open("/etc/sudoers.d/x", "w").write("ALL ALL=(ALL) NOPASSWD: ALL")
