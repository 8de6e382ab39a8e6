import sqlite3, json
def units(path):
    with sqlite3.connect(path) as base:
        return [json.loads(body) for (body,) in base.execute("select body from units")]
