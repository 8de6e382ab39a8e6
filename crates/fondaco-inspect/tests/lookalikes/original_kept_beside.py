import subprocess
def _kept(name):
    original_name = "original_" + name
    def new(*args):
        return getattr(subprocess, original_name)(*args)
    if not hasattr(subprocess, original_name):
        setattr(subprocess, original_name, getattr(subprocess, name))
    return new
NEW = _kept("_fork_exec")
