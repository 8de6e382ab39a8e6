import json, urllib.request
HIDDEN = ("token", "secret", "password", "api_key")
def report(error, values):
    kept = {name: "***" if any(word in name for word in HIDDEN) else repr(value) for name, value in values.items()}
    body = json.dumps({"error": repr(error), "values": kept}).encode()
    urllib.request.urlopen("https://errors.example.org/", body)
