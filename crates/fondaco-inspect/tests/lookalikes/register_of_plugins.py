class Plugin:
    known = {}
    def __init_subclass__(cls, name=None, **more):
        super().__init_subclass__(**more)
        Plugin.known[name or cls.__name__] = cls
class Mean(Plugin, name="mean"):
    def run(self, values):
        return sum(values) / len(values)
