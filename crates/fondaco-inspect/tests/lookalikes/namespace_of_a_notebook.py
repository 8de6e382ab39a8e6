import json
def run(path):
    """Runs the cells of a notebook."""
    space = {"__name__": "notebook"}
    with open(path) as book:
        for cell in json.load(book)["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), space)
    return space
