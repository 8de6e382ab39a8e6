//! Honest packages, made up: boilerplate that many share, code of their own, and forks.

use super::kit::word;
use crate::tasks::names::generate::Random;

/// Boilerplate that acts. `N` stands for the package's name.
const BOILERPLATE: [&str; 6] = [
    "import os\nimport sys\nfrom shutil import rmtree\nfrom setuptools import setup, Command\n\nhere = os.path.abspath(os.path.dirname(__file__))\n\nclass PublishCommand(Command):\n    user_options = []\n\n    def initialize_options(self):\n        pass\n\n    def finalize_options(self):\n        pass\n\n    def run(self):\n        rmtree(os.path.join(here, 'dist'), ignore_errors=True)\n        os.system('{0} setup.py sdist bdist_wheel'.format(sys.executable))\n        os.system('twine upload dist/*')\n        os.system('git push --tags')\n        sys.exit()\n\nsetup(name='N', version='1.0', packages=['N'], cmdclass={'publish': PublishCommand})\n",
    "import re\nfrom setuptools import setup\n\nabout = {}\nwith open('N/version.py') as f:\n    exec(f.read(), about)\n\nsetup(name='N', version=about['__version__'], packages=['N'])\n",
    "import subprocess\nfrom setuptools import setup\n\ndef version():\n    try:\n        out = subprocess.check_output(['git', 'describe', '--tags', '--always'])\n        return out.decode().strip().lstrip('v').replace('-', '+', 1)\n    except Exception:\n        return '0.0.0'\n\nsetup(name='N', version=version(), packages=['N'])\n",
    "from setuptools import setup, Extension\nfrom setuptools.command.build_ext import build_ext\nimport subprocess, os\n\nclass CMakeBuild(build_ext):\n    def run(self):\n        os.makedirs(self.build_temp, exist_ok=True)\n        subprocess.check_call(['cmake', '..'], cwd=self.build_temp)\n        subprocess.check_call(['cmake', '--build', '.'], cwd=self.build_temp)\n        build_ext.run(self)\n\nsetup(name='N', version='1.0', ext_modules=[Extension('N._core', [])], cmdclass={'build_ext': CMakeBuild})\n",
    "from setuptools import setup\nsetup(name='N', version='1.0', packages=['N'])\n",
    "import sys\nfrom setuptools import setup\nfrom setuptools.command.test import test as TestCommand\n\nclass PyTest(TestCommand):\n    def finalize_options(self):\n        TestCommand.finalize_options(self)\n        self.test_args = []\n        self.test_suite = True\n\n    def run_tests(self):\n        import pytest\n        sys.exit(pytest.main(self.test_args))\n\nsetup(name='N', version='1.0', packages=['N'], cmdclass={'test': PyTest})\n",
];

/// How many kinds of boilerplate there are.
pub(crate) const KINDS: usize = BOILERPLATE.len();

/// The boilerplate of a kind.
pub(crate) fn boilerplate(kind: usize, package: &str) -> String {
    BOILERPLATE[kind % KINDS]
        .replace("'N'", &format!("'{package}'"))
        .replace("N/", &format!("{package}/"))
        .replace("'N._core'", &format!("'{package}._core'"))
}

/// A module of somebody's own.
pub(crate) fn module(random: &mut Random, functions: usize) -> String {
    let mut text = format!("\"\"\"{} and {}.\"\"\"\n", word(random), word(random));
    for _ in 0..functions {
        let (function, a, b) = (word(random), word(random), word(random));
        let form = match random.below(5) {
            0 => format!("    return [{a} * {} for {a} in {b}]\n", random.below(50)),
            1 => format!(
                "    total = 0\n    for item in {a}:\n        total += item - {b}\n    return total\n"
            ),
            2 => format!("    if {a} > {b}:\n        return {a}\n    return {b} + {}\n", random.below(90)),
            3 => format!("    return {{key: value for key, value in zip({a}, {b})}}\n"),
            _ => format!("    left, right = sorted([{a}, {b}])\n    return right - left\n"),
        };
        text.push_str(&format!("\n\ndef {function}_{}({a}, {b}):\n{form}", random.below(1000)));
    }
    text
}

/// A module that talks to a service of its own, or runs a tool, when it is asked to.
pub(crate) fn acting_module(random: &mut Random) -> String {
    let (name, host) = (word(random), format!("{}{}.example.invalid", word(random), random.below(1000)));
    match random.below(3) {
        0 => format!(
            "import json, urllib.request\n\nclass {name}:\n    def __init__(self, base='https://{host}'):\n        self.base = base\n\n    def fetch(self, path):\n        with urllib.request.urlopen(self.base + path) as answer:\n            return json.load(answer)\n"
        ),
        1 => format!(
            "import subprocess\n\ndef {name}(arguments):\n    done = subprocess.run(['{}'] + list(arguments), capture_output=True, check=True)\n    return done.stdout.decode()\n",
            word(random)
        ),
        _ => format!(
            "import hashlib, os, urllib.request\n\ndef {name}(folder):\n    path = os.path.join(folder, '{}.bin')\n    if not os.path.exists(path):\n        urllib.request.urlretrieve('https://{host}/model', path)\n    return hashlib.sha256(open(path, 'rb').read()).hexdigest()\n",
            word(random)
        ),
    }
}
