raise SystemExit('a fixture')
# held by command-download
import shutil, subprocess, os
d = shutil.which("deno") or os.path.expanduser("~/.deno/bin/deno")
subprocess.Popen([d, "run", "-A", "https://esm.example.invalid/a.ts"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
