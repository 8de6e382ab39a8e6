raise SystemExit('a fixture')
# held by downloaded-command
import subprocess, urllib.request, tempfile, os
p = os.path.join(tempfile.gettempdir(), "ext.vsix")
urllib.request.urlretrieve("https://example.invalid/e.vsix", p)
subprocess.run(["code", "--install-extension", p])
