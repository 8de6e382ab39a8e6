import operator, sys
DO = {"add": operator.add, "mul": operator.mul, "show": lambda a, b: print(a, b)}
def apply(name, a, b):
    return DO[name](a, b)
def main():
    print(DO.get(sys.argv[1], operator.add)(1, 2))
