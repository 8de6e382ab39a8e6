import hashlib, json, os, urllib.request
def known(path):
    key = os.environ.get("SCANNER_API_KEY")
    digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
    request = urllib.request.Request("https://api.example.org/files/" + digest, headers={"x-apikey": key})
    return json.load(urllib.request.urlopen(request))
