class Vector:
    def __init__(self, *parts):
        self.parts = parts
    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self.parts, other.parts)))
    def __or__(self, function):
        return function(self)
    def __getitem__(self, at):
        return self.parts[at]
ORIGIN = Vector(0, 0) + Vector(1, 2)
FIRST = (ORIGIN | len, ORIGIN[0])
