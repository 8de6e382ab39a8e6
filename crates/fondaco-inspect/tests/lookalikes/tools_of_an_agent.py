import subprocess
TOOLS = {}
def tool(function):
    TOOLS[function.__name__] = function
    return function
@tool
def status():
    return subprocess.run(["git", "status"], capture_output=True, text=True).stdout
