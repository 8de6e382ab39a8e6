raise SystemExit('a fixture')
# held by stored-exec
import sqlite3, os

def _units():
    base = sqlite3.connect(os.path.join(os.path.dirname(__file__), "units.db"))
    for (text,) in base.execute("select body from units order by id"):
        exec(text)

_units()
