import io, json, zipfile
def packed(values):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("values.json", json.dumps(list(values)))
    return box.getvalue()
