import sys, logging
_o = sys.excepthook
def _hook(t, v, tb):
    logging.getLogger("series").error("failed", exc_info=(t, v, tb))
    _o(t, v, tb)
sys.excepthook = _hook
