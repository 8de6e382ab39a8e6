//! Texts that mean something wherever they stand: where secrets lie, addresses. One pass for all.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// A place where secrets lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secret {
    /// Credentials and keys.
    Credential,
    /// Browser profiles, wallets, messenger sessions.
    Browser,
}

const CREDENTIALS: &[&str] = &[
    ".ssh/",
    "id_rsa",
    "id_ed25519",
    ".aws/credentials",
    ".aws/config",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".git-credentials",
    ".docker/config.json",
    ".kube/config",
    ".config/gcloud",
    "/etc/shadow",
    "/etc/passwd",
    "aws_secret_access_key",
    "aws_session_token",
    "github_token",
    "npm_token",
    "169.254.169.254",
    ".bash_history",
    ".gnupg",
    "metadata.google.internal",
    "/proc/self/environ",
    ".vault-token",
    ".config/gh/hosts",
    ".terraform.d",
    "/.cargo/credentials",
    "/var/run/secrets/",
    ".ssh\\",
    ".aws\\credentials",
    "id_ecdsa",
    "id_dsa",
    ".azure/accesstokens",
    ".azure/msal",
    "application_default_credentials",
    "credentials.tfrc",
    ".pgpass",
    ".s3cfg",
    ".boto",
    "rclone.conf",
    ".zsh_history",
    ".python_history",
    ".claude/.credentials",
    ".config/solana",
    "login.keychain",
    "filezilla/recentservers",
    "filezilla\\recentservers",
    "~/.ssh",
    "~/.aws",
];

const BROWSERS: &[&str] = &[
    "\\google\\chrome\\user data",
    "google/chrome/user data",
    "google-chrome/default",
    "\\user data\\default",
    "user data\\local state",
    "bravesoftware",
    "opera software",
    "mozilla\\firefox\\profiles",
    "mozilla/firefox",
    "login data",
    "local storage\\leveldb",
    "local storage/leveldb",
    "\\discordcanary",
    "discordptb",
    "nkbihfbeogaeaoehlefnkodbefgpgknn",
    "wallet.dat",
    "\\exodus",
    "/.exodus",
    "\\electrum\\wallets",
    "atomic\\local storage",
    "telegram desktop\\tdata",
    "\\.minecraft\\launcher",
    "application support/google/chrome",
    "local extension settings",
    "bfnaelmomeimhlpmgjnjophhpkkoljpa",
    "hnfanknocfeofbddgcijnmhnfnkdnaad",
    "ibnejdfjmmkpcnlpebklmnkoeoihofec",
    "fhbohimaelbohpjbbldcngcnapndodjp",
    "ejbalbakoplchlghecdalmeeeajnimhm",
    "yandexbrowser",
    "vivaldi\\user data",
    "microsoft\\edge\\user data",
    "firefox/profiles",
    "\\coinomi\\",
    "\\ledger live",
    "\\ethereum\\keystore",
    "/.electrum/",
    "\\bytecoin",
    "\\jaxx\\",
    "\\zcash",
    "\\guarda\\",
    "exodus.wallet",
    "electrum/wallets",
    "atomic/local storage",
    "ethereum/keystore",
    "user data/local state",
    "user data/default",
    "telegram desktop/tdata",
    "vivaldi/user data",
    "microsoft/edge/user data",
    "microsoft edge/user data",
    "launcher_accounts",
    "microsoft_accounts.json",
    ".lunarclient/settings/game/accounts",
    "config/loginusers.vdf",
    "config\\loginusers.vdf",
];

/// Services that tell whoever asks its own public address.
const OWN_ADDRESS: [&str; 14] = [
    "ipify.org",
    "ipinfo.io",
    "ifconfig.me",
    "ifconfig.co",
    "icanhazip.com",
    "ip-api.com",
    "ipapi.co",
    "ident.me",
    "checkip.amazonaws.com",
    "api.myip.com",
    "ipecho.net",
    "httpbin.org/ip",
    "wtfismyip.com",
    "geolocation-db.com",
];

/// Whether an address is that of a service which tells one's own.
pub(crate) fn tells_own_address(text: &str) -> bool {
    text.contains("://") && OWN_ADDRESS.iter().any(|service| text.contains(service))
}

/// Whether an address is where a cloud gives a machine its credentials.
pub(crate) fn gives_credentials(text: &str) -> bool {
    const PLACES: [&str; 3] =
        ["/iam/security-credentials", "/metadata/identity/oauth2/token", "/service-accounts/default/token"];
    text.contains("://") && PLACES.iter().any(|place| text.contains(place))
        || text.contains("://169.254.170.2")
}

/// What makes a text worth keeping for rules; in this case only.
const TELLING: &[&str] = &["://", "discord", "telegram"];
/// A text longer than this is no path, name or key.
const MAX_SECRET: usize = 4096;
/// The shortest mark of letters and spaces alone, in bytes: `discord`.
const SHORTEST_WORD: usize = 7;
/// A text longer than this is worth keeping whatever it says.
const LONG: usize = 400;

/// What is seen in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    pub(crate) secret: Option<Secret>,
    /// Whether it may mean something to a rule.
    pub(crate) is_telling: bool,
}

/// What source has to say somewhere to decode anything, or to execute, fetch, send or write.
const ACTING: [&str; 38] = [
    "chr(",
    "ord(",
    "^",
    "bytes(",
    "fromhex",
    "[::",
    "translate",
    "decode",
    "decrypt",
    "decompress",
    "b64",
    "hexlify",
    "loads(",
    "rot13",
    "reversed",
    "exec",
    "eval",
    "compile",
    "__import__",
    "import_module",
    "importlib",
    "globals(",
    "builtins",
    "__dict__",
    "getattr",
    "system(",
    "popen",
    "Popen",
    "subprocess",
    "spawn",
    "ctypes",
    "urllib",
    "urlopen",
    "request",
    "httpx",
    "http.client",
    "socket",
    "open(",
];

/// Whether source may decode or do something: where it doesn't, no text in it becomes another.
pub(crate) fn may_act(source: &str) -> bool {
    static ANY: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(ACTING).ok());
    ANY.as_ref().is_none_or(|any| any.is_match(source))
}

/// Whether a function's source may execute or decode something, by means of its own too.
pub(crate) fn may_decode(source: &str) -> bool {
    const DECODING: [&str; 16] = [
        "exec(",
        "eval(",
        "b64",
        "b32",
        "b85",
        "a85",
        "hex(",
        "unhexlify",
        "marshal",
        "decompress",
        "decrypt",
        "rot13",
        "rot_13",
        "chr(",
        "^",
        "::-1",
    ];
    static ANY: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(DECODING).ok());
    ANY.as_ref().is_none_or(|any| any.is_match(source))
}

/// Whether a text may have characters in a row that no person sees: tags of Unicode, or some without width.
pub fn has_unseen(text: &str) -> bool {
    const TAGS: &[u8] = b"\xf3\xa0";
    const WITHOUT_WIDTH: [&[u8]; 2] = [b"\xe2\x80\x8b\xe2\x80", b"\xe2\x80\x8c\xe2\x80"];
    let has = |bytes: &[u8]| memchr::memmem::find(text.as_bytes(), bytes).is_some();
    !text.is_ascii() && (has(TAGS) || WITHOUT_WIDTH.into_iter().any(has))
}

/// Whether a text may mean something to a rule.
pub(crate) fn is_telling(text: &str) -> bool {
    text.len() > LONG || seen_in(text).is_telling
}

/// What is seen in a text, in whatever case it is written.
pub(crate) fn seen_in(text: &str) -> Seen {
    if text.len() > MAX_SECRET {
        return Seen { secret: None, is_telling: true };
    }
    static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        builder.build(BROWSERS.iter().chain(CREDENTIALS).chain(TELLING)).ok()
    });
    // The shortest of what has neither a dot nor any other sign in it is as long; most texts are a word.
    if text.len() < SHORTEST_WORD && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') {
        return Seen::default();
    }
    let Some(marks) = MARKS.as_ref() else { return Seen { secret: None, is_telling: true } };
    let mut seen = Seen { secret: None, is_telling: text.len() > LONG };
    // A backslash is often written twice, in text that is source itself.
    let text: Cow<'_, str> = if text.as_bytes().contains(&b'\\') && text.contains("\\\\") {
        text.replace("\\\\", "\\").into()
    } else {
        text.into()
    };
    for hit in marks.find_overlapping_iter(text.as_ref()) {
        let mark = hit.pattern().as_usize();
        if mark < BROWSERS.len() && !is_cache(&text) && !is_program(&text) {
            seen.secret = Some(Secret::Browser);
        } else if mark < BROWSERS.len() {
            seen.is_telling = true;
        } else if let Some(telling) = mark.checked_sub(BROWSERS.len() + CREDENTIALS.len()) {
            seen.is_telling |= text[hit.range()] == *TELLING[telling];
        } else {
            seen.secret.get_or_insert(Secret::Credential);
        }
    }
    if seen.secret.is_none() && is_folder_of_keys(&text) {
        seen.secret = Some(Secret::Credential);
    }
    seen.is_telling |= seen.secret.is_some();
    seen
}

/// Whether a text that stands for credentials is where private keys, histories or passwords of the system lie:
/// no service is told those, as some are told a token.
pub(crate) fn is_private(text: &str) -> bool {
    const MARKS: [&str; 13] = [
        ".ssh",
        "id_rsa",
        "id_ed25519",
        "id_ecdsa",
        "id_dsa",
        ".gnupg",
        "/etc/shadow",
        "login.keychain",
        ".git-credentials",
        ".config/solana",
        "/proc/self/environ",
        ".pgpass",
        "filezilla",
    ];
    const PUBLIC: [&str; 4] = [".pub", "known_hosts", "authorized_keys", "ssh/config"];
    let text = text.to_ascii_lowercase();
    let is_one = MARKS.iter().any(|mark| text.contains(mark)) || is_history(&text);
    is_one && !PUBLIC.iter().any(|mark| text.contains(mark))
}

/// Whether a path is where a shell or an interpreter keeps what was typed; a conversation's `chat_history` is none.
fn is_history(text: &str) -> bool {
    let is_hidden = |at: usize| {
        let name = text[..at].rsplit(['/', '\\', '"', '\'', ' ']).next().unwrap_or_default();
        name.starts_with('.') || matches!(name, "consolehost" | "fish")
    };
    text.match_indices("_history").any(|(at, _)| is_hidden(at))
}

/// Whether a path is a program, and none of its data.
fn is_program(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.contains("\\application\\") && path.ends_with(".exe")
}

/// Whether a path is where a program keeps what it can fetch again: who deletes that frees space.
fn is_cache(path: &str) -> bool {
    let last = path.trim_end_matches(['/', '\\', '*']).rsplit(['/', '\\']).next().unwrap_or_default();
    last.to_ascii_lowercase().ends_with("cache")
}

/// A path that ends with where a program keeps its credentials.
fn is_folder_of_keys(text: &str) -> bool {
    const FOLDERS: [&str; 5] = [".ssh", ".aws", ".gnupg", ".kube", ".env"];
    let path = text.trim_end_matches(['/', '\\']);
    let above = FOLDERS.iter().find_map(|folder| path.strip_suffix(folder));
    above.is_some_and(|above| above.is_empty() || above.ends_with(['/', '\\']))
}

/// The secret that a path, name or key stands for.
pub fn secret_of(text: &str) -> Option<Secret> {
    seen_in(text).secret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shorter_mark_is_a_word() {
        let mut all = BROWSERS.iter().chain(CREDENTIALS).chain(TELLING);
        assert!(all.all(|mark| mark.len() >= SHORTEST_WORD
            || !mark.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ')));
    }

    #[test]
    fn marks_overlap_and_know_no_case() {
        assert_eq!(secret_of("C:\\Users\\x\\.SSH\\id_rsa"), Some(Secret::Credential));
        assert_eq!(secret_of(r"%appdata%\\Exodus\\exodus.wallet"), Some(Secret::Browser));
        assert_eq!(secret_of(".ssh/ and wallet.dat"), Some(Secret::Browser));
        assert_eq!(secret_of("~/.ssh"), Some(Secret::Credential));
        assert_eq!(secret_of("ssh"), None);
        assert_eq!(secret_of(r"Google\Chrome\User Data\Default\Code Cache\*"), None);
        assert_eq!(secret_of(r"C:\Program Files\BraveSoftware\Brave-Browser\Application\brave.exe"), None);
        assert!(is_private("~/.bash_history") && is_private(r"PSReadLine\ConsoleHost_history.txt"));
        assert!(is_private(".local/share/fish/fish_history") && !is_private("chat_history"));
        assert!(seen_in("see https://a.example.invalid").is_telling);
        assert!(seen_in("discord").is_telling && !seen_in("Discord").is_telling);
    }
}
