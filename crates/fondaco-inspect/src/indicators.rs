//! What code talks to, in its texts: hosts, users' parts of shared hosts, ids and tokens.

use fondaco_verdict::IndicatorKind;

/// Longest name of a host (RFC 1035).
const MAX_HOST: usize = 253;
/// Shortest and longest word that can be a token or a wallet.
const MIN_WORD: usize = 20;
const MAX_WORD: usize = 128;

/// Hosts that very many use: who is meant stands in the path.
const SHARED: [&str; 46] = [
    "mediafire.com",
    "filemail.com",
    "mega.nz",
    "nicehash.com",
    "paste.fo",
    "m.me",
    "reddit.com",
    "discord.com",
    "discordapp.com",
    "t.me",
    "github.com",
    "githubusercontent.com",
    "gitlab.com",
    "bitbucket.org",
    "sourceforge.net",
    "pastebin.com",
    "paste.ee",
    "rentry.co",
    "hastebin.com",
    "controlc.com",
    "ghostbin.com",
    "transfer.sh",
    "gofile.io",
    "file.io",
    "anonfiles.com",
    "catbox.moe",
    "dropbox.com",
    "dropboxusercontent.com",
    "google.com",
    "googleapis.com",
    "googleusercontent.com",
    "slack.com",
    "webhook.site",
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    "python.org",
    concat!("npmjs", ".org"),
    "microsoft.com",
    "live.com",
    "apple.com",
    "imgur.com",
    "youtube.com",
    "twitter.com",
    "facebook.com",
    "instagram.com",
    "roblox.com",
];

/// Hosts that say nothing of who asks them: what an address is, what a schema is called.
const EVERYBODYS: [&str; 26] = [
    "gstatic.com",
    "gmail.com",
    "localhost",
    "127.0.0.1",
    "0.0.0.0",
    "169.254.169.254",
    "8.8.8.8",
    "1.1.1.1",
    "w3.org",
    "apache.org",
    "gnu.org",
    "opensource.org",
    "wikipedia.org",
    "readthedocs.io",
    "readthedocs.org",
    "schema.org",
    "xmlsoap.org",
    "ipify.org",
    "ipinfo.io",
    "ip-api.com",
    "ifconfig.me",
    "icanhazip.com",
    "ipapi.co",
    "ident.me",
    "example.com",
    "example.org",
];

/// Endings below which each name is somebody else's.
const RENTED: [&str; 30] = [
    "repl.co",
    "replit.dev",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "trycloudflare.com",
    "herokuapp.com",
    "vercel.app",
    "netlify.app",
    "github.io",
    "gitlab.io",
    "workers.dev",
    "pages.dev",
    "duckdns.org",
    "no-ip.org",
    "ddns.net",
    "oast.fun",
    "oast.live",
    "oastify.com",
    "interact.sh",
    "burpcollaborator.net",
    "pipedream.net",
    "requestcatcher.com",
    "web.app",
    "onrender.com",
    "glitch.me",
    "replit.app",
    "azurewebsites.net",
    "amazonaws.com",
    "blogspot.com",
];

/// Endings that are no domains by themselves.
const SECOND_LEVEL: [&str; 8] = ["co", "com", "net", "org", "ac", "gov", "edu", "or"];

/// What a text names, each with the text that tells it from others.
pub(crate) fn in_text(text: &str) -> Vec<(IndicatorKind, String)> {
    let mut found: Vec<(IndicatorKind, String)> = Vec::new();
    for rest in text.split("://").skip(1) {
        let end = rest.find(|c: char| "\"'`<>(){}\\|,; \t\r\n".contains(c)).unwrap_or(rest.len());
        found.extend(rest.get(..end).and_then(in_address));
    }
    found.extend(secrets_in(text));
    found
}

/// Bytes that no token has: quicker to tell than characters. What is not ASCII is an edge.
static EDGES: [bool; 256] = {
    let mut edges = [true; 256];
    let mut byte = 0;
    while byte < 128 {
        let it = byte as u8;
        edges[byte] = !(it.is_ascii_alphanumeric() || matches!(it, b':' | b'_' | b'-'));
        byte += 1;
    }
    edges
};

/// Tokens and wallets that stand in a text.
pub(crate) fn secrets_in(text: &str) -> impl Iterator<Item = (IndicatorKind, String)> {
    long_words(text.as_bytes())
        .filter(|word| word.len() <= MAX_WORD)
        .filter_map(|word| secret(std::str::from_utf8(word).ok()?))
}

/// Words between edges that are long enough. Where the last byte that a word from here would need is an
/// edge, none begins before it: most bytes are never looked at.
fn long_words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_edge = |byte: &u8| EDGES[usize::from(*byte)];
    let mut start = 0;
    std::iter::from_fn(move || {
        while let Some(least) = text.get(start..start + MIN_WORD) {
            if let Some(edge) = least.iter().rposition(is_edge) {
                start += edge + 1;
                continue;
            }
            let rest = &text[start..];
            let end = rest.iter().position(is_edge).unwrap_or(rest.len());
            start += end;
            return Some(&rest[..end]);
        }
        None
    })
}

/// A text that is a host and nothing else.
pub(crate) fn of_host(text: &str) -> Option<(IndicatorKind, String)> {
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_name = (2..=24).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_host = is_name || text.parse::<std::net::Ipv4Addr>().is_ok();
    // What ends as a file does is one.
    let is_file = ["py", "txt", "json", "exe", "zip", "html", "php", "dll", "log"].contains(&last);
    (is_host && !is_file && !text.contains('/')).then(|| in_address(text)).flatten()
}

/// What stands after `://`.
fn in_address(address: &str) -> Option<(IndicatorKind, String)> {
    let (authority, path) = address.split_once('/').unwrap_or((address, ""));
    let authority = authority.split(['?', '#']).next()?.rsplit('@').next()?;
    let host = authority.split(':').next()?.trim_end_matches('.').to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.is_empty() || host.len() > MAX_HOST || !host.contains('.') || !host.chars().all(allowed) {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if let Some(id) = webhook(&host, &parts) {
        return Some((IndicatorKind::Webhook, id));
    }
    if EVERYBODYS.iter().any(|known| is_below(&host, known)) || is_inside(&host) {
        return None;
    }
    if is_below(&host, "telegram.org") {
        // The token in its path is found as such.
        return None;
    }
    if SHARED.iter().any(|known| is_below(&host, known)) {
        // What stands there alone (`/login`, `/bot...`) names nobody.
        let who = parts.get(..2)?;
        return Some((IndicatorKind::Place, format!("{}/{}", domain(&host), who.join("/"))));
    }
    Some((IndicatorKind::Host, domain(&host)))
}

/// The id of a webhook, in the address forms of those who offer them.
fn webhook(host: &str, parts: &[&str]) -> Option<String> {
    if let Some(at) = parts.iter().position(|part| *part == "webhooks")
        && host.contains("discord")
    {
        return parts.get(at + 1).map(|id| (*id).to_owned());
    }
    match (host, parts) {
        ("hooks.slack.com", ["services", ids @ ..]) if !ids.is_empty() => Some(ids.join("/")),
        ("webhook.site", [id, ..]) => Some((*id).to_owned()),
        _ => None,
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Addresses that mean another machine for everybody who uses them.
fn is_inside(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private() || address.is_loopback())
}

/// The part of a host's name that somebody owns: names below it cost nothing.
fn domain(host: &str) -> String {
    let is_address = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // Names that are reserved (RFC 2606) stand for owners of their own.
    let is_reserved = [".invalid", ".test", ".example"].iter().any(|end| host.ends_with(end));
    if is_address || is_reserved || RENTED.iter().any(|end| is_below(host, end)) {
        return host.to_owned();
    }
    let labels: Vec<&str> = host.split('.').collect();
    let is_second_level =
        |at: usize| labels.get(at).is_some_and(|l| SECOND_LEVEL.contains(l)) && labels[at + 1].len() == 2;
    let own = if labels.len() > 2 && is_second_level(labels.len() - 2) { 3 } else { 2 };
    labels[labels.len().saturating_sub(own)..].join(".")
}

/// A token or a wallet, by the form that its makers give it.
fn secret(word: &str) -> Option<(IndicatorKind, String)> {
    let all = |text: &str, test: fn(&u8) -> bool| text.bytes().all(|byte| test(&byte));
    let base58 = |byte: &u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
    let mixed = |text: &str| {
        text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let bare = word.trim_matches([':', '-', '_']);
    if let Some((id, key)) = word.strip_prefix("bot").unwrap_or(word).split_once(':')
        && (8..=10).contains(&id.len())
        && all(id, u8::is_ascii_digit)
        && (33..=36).contains(&key.len())
        && !key.contains(':')
    {
        return Some((IndicatorKind::Token, format!("{id}:{key}")));
    }
    let is_token = ["ghp_", "gho_", "ghs_", "github_pat_", "xoxb-", "xoxp-", "pypi-AgEIcHlwaS5vcmc"]
        .iter()
        .any(|start| bare.starts_with(start))
        || bare.len() == 20 && bare.starts_with("AKIA");
    if is_token {
        return Some((IndicatorKind::Token, bare.to_owned()));
    }
    let is_wallet = match bare.len() {
        42 => {
            bare.strip_prefix("0x").is_some_and(|hex| all(hex, u8::is_ascii_hexdigit) && mixed(hex))
                || bare.starts_with("bc1q") && all(bare, u8::is_ascii_alphanumeric)
        }
        26..=34 => bare.starts_with(['1', '3', 'T', 'L']) && all(bare, base58) && mixed(bare),
        95 => bare.starts_with(['4', '8']) && all(bare, base58),
        _ => false,
    };
    is_wallet.then(|| (IndicatorKind::Wallet, bare.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        in_text(text).into_iter().map(|(kind, text)| (kind.id(), text)).collect()
    }

    #[test]
    fn hosts_are_told_from_places_and_webhooks() {
        let host = |text: &str| found(text).first().map(|(kind, text)| format!("{kind} {text}"));
        let check = |text, expected: Option<&str>| assert_eq!(host(text).as_deref(), expected, "{text}");
        check("get https://user:x@a.b.evil-cdn.net:8443/x?y", Some("host evil-cdn.net"));
        check("http://x.co.uk/", Some("host x.co.uk"));
        check("http://a.evil.co.uk/", Some("host evil.co.uk"));
        check("http://one.example.invalid/", Some("host one.example.invalid"));
        check("http://203.0.113.9/x", Some("host 203.0.113.9"));
        check("https://x1.ngrok.io/", Some("host x1.ngrok.io"));
        check(
            "https://raw.githubusercontent.com/who/what/main/x",
            Some("place githubusercontent.com/who/what"),
        );
        check("https://discord.com/api/v9/webhooks/123456/abc", Some("webhook 123456"));
        check("https://github.com/login", None);
        check("http://127.0.0.1:8000/x and http://192.168.1.5/", None);
        check("://", None);
    }

    #[test]
    fn a_host_may_stand_alone() {
        let of = |text: &str| of_host(text).map(|(_, text)| text);
        assert_eq!(of("c2.evil-cdn.net").as_deref(), Some("evil-cdn.net"));
        assert_eq!(of("203.0.113.9").as_deref(), Some("203.0.113.9"));
        for other in ["report.json", "a/b.net", "plain", "127.0.0.1", "v1.2.3"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn tokens_and_wallets_have_forms() {
        let token = format!("12345678:{}", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r");
        assert_eq!(found(&format!("https://api.telegram.org/bot{token}/sendMessage")), [("token", token)]);
        let wallet = format!("0x{}", "0a1b2c3d4e".repeat(4));
        assert_eq!(found(&format!("to = '{wallet}'")), [("wallet", wallet)]);
        assert!(found(&"a".repeat(34)).is_empty());
        assert!(found("12:34:56 and 2024-01-01T00:00:00:00").is_empty());
    }
}
