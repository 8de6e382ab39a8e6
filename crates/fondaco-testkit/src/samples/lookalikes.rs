//! The six innocent packages that look a little like attacks.

use super::Sample;

/// All of them.
pub const ALL: &[Sample] = &[COMMAND_TOOL, WEB_CLIENT, C_BUILD, TELEMETRY, BASE64_ASSETS, VERSION_EXEC];

/// A tool that runs commands when it is called.
pub const COMMAND_TOOL: Sample = Sample {
    project: "git-glance",
    version: "1.0",
    about: "a tool that runs commands when called",
    malicious: false,
    files: &[
        (
            "git_glance/cli.py",
            "import subprocess, sys\ndef main():\n    subprocess.run(['git', 'status'] + sys.argv[1:], check=True)\n",
        ),
        ("git_glance/__init__.py", ""),
    ],
};

/// A client of a web service, with a token from the environment.
pub const WEB_CLIENT: Sample = Sample {
    project: "item-client",
    version: "1.0",
    about: "a web client",
    malicious: false,
    files: &[(
        "item_client/__init__.py",
        "import os, requests\nclass Client:\n    def __init__(self):\n        self.token = os.environ['EXAMPLE_TOKEN']\n    \
        def create(self, item):\n        return requests.post('https://api.example.invalid/items', json=item, headers={'Authorization': self.token}).json()\n",
    )],
};

/// A package whose build compiles C.
pub const C_BUILD: Sample = Sample {
    project: "c-thing",
    version: "1.0",
    about: "a package with a C build",
    malicious: false,
    files: &[
        ("CMakeLists.txt", "project(c-thing C)\nadd_library(x SHARED x.c)\n"),
        ("x.c", "int add(int a, int b) { return a + b; }\n"),
        (
            "c_thing/__init__.py",
            "from .x import add\n\n\ndef total(numbers):\n    result = 0\n    for number in numbers:\n        result = add(result, number)\n    return result\n",
        ),
        (
            "setup.py",
            "import subprocess\nfrom setuptools import setup, Extension\nfrom setuptools.command.build_ext import build_ext\n\
        class Build(build_ext):\n    def run(self):\n        subprocess.check_call(['cmake', '--build', '.'])\n        build_ext.run(self)\n\
        setup(name='c-thing', ext_modules=[Extension('x', ['x.c'])], cmdclass={'build_ext': Build})\n",
        ),
    ],
};

/// Counts its users when it runs.
pub const TELEMETRY: Sample = Sample {
    project: "use-counter",
    version: "1.0",
    about: "telemetry when a program runs",
    malicious: false,
    files: &[(
        "use_counter/telemetry.py",
        "import platform, urllib.request\ndef ping():\n    urllib.request.urlopen('https://stats.example.invalid/?v=' + platform.python_version())\n",
    )],
};

/// An icon in base64.
pub const BASE64_ASSETS: Sample = Sample {
    project: "icon-box",
    version: "1.0",
    about: "assets in base64",
    malicious: false,
    files: &[(
        "icon_box/assets.py",
        "import base64\nICON = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk')\n",
    )],
};

/// Its version is read by `exec`.
pub const VERSION_EXEC: Sample = Sample {
    project: "version-reader",
    version: "1.0",
    about: "a version read by exec",
    malicious: false,
    files: &[
        (
            "setup.py",
            "from setuptools import setup\nexec(open('version_reader/version.py').read())\nsetup(name='version-reader', version=__version__)\n",
        ),
        ("version_reader/version.py", "__version__ = '1.0'\n"),
        (
            "version_reader/__init__.py",
            "\"\"\"Compares versions of the form 1.2.3.\"\"\"\n\nfrom .version import __version__\n\n\ndef parts(text):\n    \"\"\"The numbers of a version.\"\"\"\n    return [int(part) for part in text.split('.')]\n\n\ndef newer(left, right):\n    \"\"\"Whether the first version is the newer one.\"\"\"\n    return parts(left) > parts(right)\n\n\ndef newest(versions):\n    \"\"\"The newest of some versions.\"\"\"\n    return max(versions, key=parts)\n\n\ndef current():\n    \"\"\"This package's own version.\"\"\"\n    return __version__\n",
        ),
    ],
};
