import logging, urllib.request, json
class Remote(logging.Handler):
    """Sends records to a server of the user's."""
    def __init__(self, address):
        super().__init__()
        self.address = address
    def emit(self, record):
        urllib.request.urlopen(self.address, data=json.dumps({"m": record.getMessage()}).encode())
log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())
