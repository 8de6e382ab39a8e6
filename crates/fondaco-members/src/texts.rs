//! Texts that programs hold: one pass for all of them, in ASCII and in UTF-16.

use std::collections::BTreeSet;
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
        for found in search.automaton.find_overlapping_iter(bytes) {
            self.found.insert(search.which[found.pattern().as_usize()]);
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
    fn no_text_is_longer_than_the_overlap() {
        assert!(TEXTS.iter().all(|(_, text)| text.len() * 2 <= OVERLAP));
    }
}
