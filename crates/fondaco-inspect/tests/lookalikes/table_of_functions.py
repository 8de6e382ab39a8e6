import platform, smtplib
def mail(settings, text):
    with smtplib.SMTP(settings.get("host", "localhost")) as s:
        s.sendmail(settings["from"], settings["to"], platform.node() + text)
CHANNELS = dict(mail=mail)
def send(settings, text):
    for name, function in CHANNELS.items():
        function(settings[name], text)
