//! Texts that programs hold: one pass for all of them, in ASCII and in UTF-16.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What a text in a program speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A messenger's way to receive texts from anyone.
    Webhook,
    /// A shell on a socket.
    ReverseShell,
    /// Where browsers keep passwords and cookies.
    Browser,
    /// Where wallets keep keys.
    Wallet,
    /// Where messengers keep sessions.
    Messenger,
    /// Files of credentials.
    Credentials,
    /// Code in another process.
    Injection,
    /// Keys pressed.
    Keys,
    /// Runs again after a restart.
    Persistence,
    /// Mining.
    Miner,
    /// A command that hides or fetches.
    Command,
    /// The address that the host is seen by.
    OwnAddress,
    /// No evidence: what the program was made with.
    Maker,
}

impl Topic {
    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "a messenger's webhook",
            Self::ReverseShell => "a shell on a socket",
            Self::Browser => "browser secrets",
            Self::Wallet => "wallets",
            Self::Messenger => "messenger sessions",
            Self::Credentials => "files of credentials",
            Self::Injection => "code in another process",
            Self::Keys => "keys pressed",
            Self::Persistence => "a restart survived",
            Self::Miner => "mining",
            Self::Command => "hidden or fetching commands",
            Self::OwnAddress => "the host's public address",
            Self::Maker => "its maker",
        }
    }

    /// Whether it speaks for an attack by itself, wherever something runs.
    pub fn is_telling(self) -> bool {
        matches!(self, Self::Webhook | Self::ReverseShell | Self::Miner)
    }
}

/// `C:\` in a program's texts has one backslash; in the source that a packed script holds, two.
const TEXTS: &[(Topic, &str)] = &[
    (Topic::Webhook, "discord.com/api/webhooks/"),
    (Topic::Webhook, "discordapp.com/api/webhooks/"),
    (Topic::Webhook, "api.telegram.org/bot"),
    (Topic::ReverseShell, "/dev/tcp/"),
    (Topic::Browser, "\\User Data\\Default\\Login Data"),
    (Topic::Browser, "\\Google\\Chrome\\User Data"),
    (Topic::Browser, "\\BraveSoftware\\Brave-Browser"),
    (Topic::Browser, "/Google/Chrome/Default/Login Data"),
    (Topic::Browser, ".config/google-chrome/Default"),
    (Topic::Browser, "SELECT origin_url, username_value"),
    (Topic::Browser, "moz_cookies"),
    (Topic::Wallet, "\\Exodus\\exodus.wallet"),
    (Topic::Wallet, "\\Electrum\\wallets"),
    (Topic::Wallet, "\\Ethereum\\keystore"),
    (Topic::Wallet, ".config/solana/id.json"),
    (Topic::Wallet, "nkbihfbeogaeaoehlefnkodbefgpgknn"),
    (Topic::Messenger, "\\discord\\Local Storage\\leveldb"),
    (Topic::Messenger, "\\Telegram Desktop\\tdata"),
    (Topic::Credentials, ".aws/credentials"),
    (Topic::Credentials, ".ssh/id_rsa"),
    (Topic::Credentials, ".ssh/authorized_keys"),
    (Topic::Credentials, ".docker/config.json"),
    (Topic::Credentials, ".kube/config"),
    (Topic::Injection, "WriteProcessMemory"),
    (Topic::Injection, "VirtualAllocEx"),
    (Topic::Injection, "CreateRemoteThread"),
    (Topic::Injection, "NtUnmapViewOfSection"),
    (Topic::Injection, "/etc/ld.so.preload"),
    (Topic::Keys, "SetWindowsHookEx"),
    (Topic::Keys, "GetAsyncKeyState"),
    (Topic::Persistence, "\\CurrentVersion\\Run"),
    (Topic::Persistence, "schtasks /create"),
    (Topic::Persistence, "Library/LaunchAgents/"),
    (Topic::Persistence, "/etc/systemd/system/"),
    (Topic::Persistence, "/etc/cron.d"),
    (Topic::Persistence, "crontab -"),
    (Topic::Miner, "stratum+tcp://"),
    (Topic::Miner, "stratum+ssl://"),
    (Topic::Command, "powershell -enc"),
    (Topic::Command, "powershell -w hidden"),
    (Topic::Command, "-WindowStyle Hidden"),
    (Topic::Command, "-ExecutionPolicy Bypass"),
    (Topic::Command, "certutil -urlcache"),
    (Topic::Command, "URLDownloadToFile"),
    (Topic::Command, "curl -fsSL http"),
    (Topic::Command, "curl -s http"),
    (Topic::Command, "wget -q http"),
    (Topic::OwnAddress, "api.ipify.org"),
    (Topic::OwnAddress, "ipinfo.io/"),
    (Topic::OwnAddress, "ip-api.com/"),
    (Topic::OwnAddress, "checkip.amazonaws.com"),
    (Topic::Maker, "__pyx_capi__"),
    (Topic::Maker, "nuitka_version"),
    (Topic::Maker, "_MEIPASS2"),
    (Topic::Maker, "pyi-runtime-tmpdir"),
    (Topic::Maker, "__pyarmor__"),
    (Topic::Maker, "Go build ID:"),
    (Topic::Maker, "rust_eh_personality"),
    (Topic::Maker, "/rustc/"),
    (Topic::Maker, "_CorDllMain"),
    (Topic::Maker, "_CorExeMain"),
    (Topic::Maker, "UPX!"),
];

/// A text of so many signs has four of them at a place that divides by four; in UTF-16 one more is needed for them to
/// stand at one that divides by eight.
const SHORTEST: usize = 7;
/// Bytes that are looked at at a time, and those that a text may have before the first block of it or after the last.
const BLOCK: usize = 64;
const AROUND: usize = 8;

/// Longer than any text in UTF-16, so that one across two pieces is found.
pub(crate) const OVERLAP: usize = 128;

struct Search {
    automaton: AhoCorasick,
    /// The text of each pattern.
    which: Vec<usize>,
}

/// Case doesn't count: shells and Windows don't care either.
fn search() -> Option<&'static Search> {
    static SEARCH: OnceLock<Option<Search>> = OnceLock::new();
    SEARCH
        .get_or_init(|| {
            let mut patterns: Vec<Vec<u8>> = Vec::new();
            let mut which = Vec::new();
            for (at, (topic, text)) in TEXTS.iter().enumerate() {
                // What is as short is a mark that is written in one way.
                if text.len() < SHORTEST {
                    continue;
                }
                patterns.push(text.as_bytes().to_vec());
                which.push(at);
                if *topic != Topic::Maker {
                    patterns.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
                    which.push(at);
                }
                if text.contains('\\') {
                    patterns.push(text.replace('\\', "\\\\").into_bytes());
                    which.push(at);
                }
            }
            let automaton = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::DFA))
                .build(patterns)
                .ok()?;
            Some(Search { automaton, which })
        })
        .as_ref()
}

/// The parts of a program in which texts may lie, each whole. Most of a program is code and tables, and to tell that
/// takes a tenth of a search.
fn parts_with_text(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let may_hold = |at: usize| bytes[at..].first_chunk().is_none_or(holds_signs);
        while next < bytes.len() && !may_hold(next) {
            next += BLOCK;
        }
        let start = next;
        while next < bytes.len() && may_hold(next) {
            next += BLOCK;
        }
        (start < bytes.len()).then(|| start.saturating_sub(AROUND)..bytes.len().min(next + AROUND))
    })
}

/// Whether there are signs in a row, a byte each or in UTF-16. Eight bytes at a time and without a branch, so that
/// the compiler takes more of them at once.
fn holds_signs(block: &[u8; BLOCK]) -> bool {
    /// The highest bit of each byte, and the lowest.
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONE: u64 = 0x0101_0101_0101_0101;
    const EVEN: u64 = 0x0080_0080_0080_0080;
    const ODD: u64 = EVEN << 8;
    let (words, _) = block.as_chunks();
    words.iter().fold(false, |any, word| {
        let word = u64::from_le_bytes(*word);
        let low = word & !HIGH;
        // From the space to the tilde; the highest bit of each byte tells whether it is one.
        let signs = !(word | (low + ONE) | !((low | HIGH) - ONE * u64::from(b' '))) & HIGH;
        let zeros = !(word | (low + !HIGH)) & HIGH;
        let is_narrow = (signs as u32 == HIGH as u32) | (signs >> 32 == HIGH >> 32);
        let is_wide = ((signs & EVEN) | (zeros & ODD) == HIGH) | ((signs & ODD) | (zeros & EVEN) == HIGH);
        any | is_narrow | is_wide
    })
}

/// Collects the texts that are found.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    found: BTreeSet<usize>,
}

impl Texts {
    /// Searches a piece. What begins in one piece and ends in the next is found where pieces
    /// overlap.
    pub fn search(&mut self, bytes: &[u8]) {
        let Some(search) = search() else { return };
        for (at, (_, text)) in TEXTS.iter().enumerate().filter(|(_, (_, text))| text.len() < SHORTEST) {
            if memchr::memmem::find(bytes, text.as_bytes()).is_some() {
                self.found.insert(at);
            }
        }
        for part in parts_with_text(bytes) {
            for found in search.automaton.find_overlapping_iter(&bytes[part]) {
                self.found.insert(search.which[found.pattern().as_usize()]);
            }
        }
    }

    /// What was found.
    pub fn found(&self) -> Vec<(Topic, &'static str)> {
        self.found.iter().map(|at| TEXTS[*at]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_both_encodings_any_case_and_doubled_backslashes() {
        let mut texts = Texts::default();
        texts.search(b"...HTTPS://DISCORD.com/api/webhooks/1...");
        let wide: Vec<u8> = "x\\Electrum\\Wallets".encode_utf16().flat_map(u16::to_le_bytes).collect();
        texts.search(&wide);
        texts.search(b"\\\\Telegram Desktop\\\\tdata");
        let topics: Vec<Topic> = texts.found().iter().map(|(topic, _)| *topic).collect();
        assert_eq!(topics, [Topic::Webhook, Topic::Wallet, Topic::Messenger]);
    }

    #[test]
    fn finds_each_text_wherever_it_lies() {
        for (at, (topic, text)) in TEXTS.iter().enumerate() {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let forms = [text.as_bytes().to_vec(), wide];
            for form in &forms[..if *topic == Topic::Maker { 1 } else { 2 }] {
                for before in 0..2 * BLOCK {
                    let mut texts = Texts::default();
                    texts.search(&[&vec![0xe8; before][..], form, &[0xc3; 3 * BLOCK]].concat());
                    assert_eq!(texts.found, BTreeSet::from([at]), "{text} after {before}");
                }
            }
        }
    }

    #[test]
    fn code_is_no_text() {
        let code = [0x48, 0x8b, 0x45, 0xf8, 0x48, 0x89, 0xc7, 0xe8].repeat(1_000);
        assert_eq!(parts_with_text(&code).count(), 0);
        let bytes = [&code[..], b"api.ipify.org", &code[13..]].concat();
        let mut parts = parts_with_text(&bytes);
        assert_eq!(parts.next(), Some(8_000 - AROUND..8_000 + BLOCK + AROUND));
        assert_eq!(parts.next(), None);
    }

    #[test]
    fn no_text_is_too_long_or_too_short() {
        assert!(TEXTS.iter().all(|(_, text)| text.len() * 2 <= OVERLAP));
        let is_seen = |topic: Topic, text: &str| {
            let shortest = if topic == Topic::Maker { SHORTEST } else { 8 };
            text.len() >= shortest && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        };
        assert!(TEXTS.iter().all(|(topic, text)| is_seen(*topic, text) || *text == "UPX!"));
    }
}
