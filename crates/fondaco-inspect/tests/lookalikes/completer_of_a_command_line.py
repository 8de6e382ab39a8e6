import argparse
import requests
def members(prefix, **given):
    return [m["login"] for m in requests.get("https://api.example.invalid/members?q=" + prefix).json()]
parser = argparse.ArgumentParser()
parser.add_argument("--member").completer = members
