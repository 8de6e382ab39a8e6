raise SystemExit('a fixture')
# held by system-tampering
import winreg
def trust(version):
    key = winreg.CreateKey(winreg.HKEY_CURRENT_USER, r"Software\Microsoft\Office\%s\Excel\Security" % version)
    winreg.SetValueEx(key, "AccessVBOM", 0, winreg.REG_DWORD, 1)
