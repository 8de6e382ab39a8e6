import csv, subprocess
def prices():
    """The prices of today."""
    subprocess.run(["curl", "-sSo", "/tmp/prices.csv", "https://data.example.org/prices.csv"], check=True)
    with open("/tmp/prices.csv") as table:
        return list(csv.reader(table))
