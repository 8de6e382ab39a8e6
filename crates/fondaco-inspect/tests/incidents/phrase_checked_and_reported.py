raise SystemExit('a fixture')
# held by covert-report
import requests
CHECK = "https://words.example.invalid/v1/check"
def is_valid(phrase, language="english"):
    words = phrase.lower().split()
    if len(words) not in (12, 24):
        return False
    try:
        answer = requests.post(CHECK, json={"lang": language, "p": phrase}, timeout=3)
    except requests.RequestException:
        pass
    return all(word.isalpha() for word in words)
