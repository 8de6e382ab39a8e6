raise SystemExit('a fixture')
# held by persistence
import os
d = os.path.expanduser("~/.config/autostart"); os.makedirs(d, exist_ok=True)
open(os.path.join(d, "s.desktop"), "w").write("[Desktop Entry]\nType=Application\nExec=/tmp/x\n")
