/// Longest excerpt of an artifact that a report carries, in characters.
const MAX_CHARS: usize = 200;
/// From this length on an unbroken run of token characters is masked: it may be a live secret.
const SECRET_RUN: usize = 24;

/// Text from an artifact made harmless for a report, a terminal and a log: cut to 200 characters,
/// without control, bidirectional or private-use characters, addresses defanged
/// (`hxxps://evil[.]example`), and the middle of long tokens masked.
pub fn defang(text: &str) -> String {
    let cut: String = text.trim().chars().take(MAX_CHARS).collect();
    let plain = printable(&cut);
    let masked = mask_secrets(&plain);
    masked.replace("http://", "hxxp://").replace("https://", "hxxps://").replace("://", "[://]")
}

/// A host name or address that nothing takes for a link: `evil[.]example`.
pub fn defang_host(host: &str) -> String {
    let cut: String = host.chars().take(MAX_CHARS).collect();
    printable(&cut).replace('.', "[.]")
}

/// Text without characters that move the cursor, change direction or don't show.
pub fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            '\u{fffd}'
        }
        '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

fn mask_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '=');
    for c in text.chars() {
        if is_token(c) {
            run.push(c);
            continue;
        }
        flush(&mut out, &mut run);
        out.push(c);
    }
    flush(&mut out, &mut run);
    out
}

fn flush(out: &mut String, run: &mut String) {
    let mixed = run.bytes().any(|b| b.is_ascii_digit()) && run.bytes().any(|b| b.is_ascii_alphabetic());
    if run.len() >= SECRET_RUN && mixed {
        out.push_str(&run[..6]);
        out.push_str("***");
        out.push_str(&run[run.len() - 2..]);
    } else {
        out.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defangs_masks_and_cuts() {
        assert_eq!(defang("get('https://evil.example/x')"), "get('hxxps[://]evil.example/x')");
        assert_eq!(defang("t = 'abcdefghij0123456789abcdefghij'"), "t = 'abcdef***ij'");
        assert_eq!(defang("a\x1b[31m\u{202e}b"), "a\u{fffd}[31m\u{fffd}b");
        assert_eq!(defang(&"x ".repeat(500)).chars().count(), 200);
    }
}
