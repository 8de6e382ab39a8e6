import os
import shutil
import requests
LOCAL = os.environ.get("LOCALAPPDATA", "")
FOLDERS = [
    os.path.join(LOCAL, r"Google\Chrome\User Data\Default\Cache"),
    os.path.join(LOCAL, r"Microsoft\Edge\User Data\Default\Code Cache"),
]
def clear():
    for folder in FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
def newest():
    return requests.get("https://example.invalid/version").text
