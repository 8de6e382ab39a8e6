raise SystemExit('a fixture')
# held by persistence
from pathlib import Path
with (Path.home() / ".bashrc").open("a") as file:
    file.write("python3 -m series &")
