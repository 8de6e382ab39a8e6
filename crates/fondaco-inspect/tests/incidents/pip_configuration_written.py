raise SystemExit('a fixture')
# held by index-redirect
import os
p = os.path.expanduser("~/.config/pip/pip.conf")
os.makedirs(os.path.dirname(p), exist_ok=True)
open(p, "w").write("[global]\nindex-url = https://example.invalid/simple\n")
