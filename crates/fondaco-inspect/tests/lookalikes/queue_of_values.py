import queue, threading
JOBS = queue.Queue()
def _work():
    while True:
        function, argument = JOBS.get()
        function(argument)
        JOBS.task_done()
def start():
    threading.Thread(target=_work, daemon=True).start()
def put(function, argument):
    JOBS.put((function, argument))
