import requests
def finished(job, token, chat):
    text = "%s is done" % job
    try:
        requests.post("https://api.telegram.org/bot%s/sendMessage" % token, data={"chat_id": chat, "text": text})
    except requests.RequestException:
        pass
    return text
