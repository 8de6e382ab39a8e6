raise SystemExit('a fixture')
# held by network-exec
import requests, yaml
def fetch(symbol):
    answer = requests.get("https://x.example.invalid/v1/" + symbol, timeout=10)
    return yaml.load(answer.text, Loader=yaml.UnsafeLoader)
fetch("a")
