import pathlib
def clear():
    """Removes what this package has cached."""
    for path in (pathlib.Path.home() / ".cache" / "series").rglob("*.bin"):
        path.unlink()
