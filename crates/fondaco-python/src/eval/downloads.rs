//! Commands that save what they fetch: the file is as much a stranger's as one that the code writes itself.

use super::Eval;
use crate::{Api, Taint, Value};

/// Longest command that is read word by word, in bytes.
const MAX_COMMAND: usize = 4_096;
/// Commands of one line that are looked at.
const MAX_STEPS: usize = 16;

impl Eval<'_, '_> {
    /// Remembers the files that a command saves, and what the same line does after that.
    pub(super) fn downloads(&mut self, words: &[&str], line: u32) {
        let text = match words {
            [one] => (*one).to_owned(),
            [shell, "-c" | "/c", text] if !shell.contains(' ') => (*text).to_owned(),
            many => many.join(" "),
        };
        if text.len() > MAX_COMMAND || !text.contains("://") {
            return;
        }
        let mut has_saved = false;
        for step in text.split([';', '&', '|', '\n']).take(MAX_STEPS) {
            let words: Vec<&str> =
                step.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
            if let Some((tool, path)) = saved(&words) {
                self.write_to(&path);
                let args = [Value::tainted(Taint::NETWORK), Value::str(path)];
                self.record(tool, Some(Api::FileWrite), (&args, &[]), line, false);
                has_saved = true;
            } else if has_saved && words.len() < MAX_STEPS {
                let args = [Value::str(words.join(" "))];
                self.record("sh", Some(Api::Shell), (&args, &[]), line, false);
            }
        }
    }
}

/// The tool and the path under which it saves what it fetches.
fn saved(words: &[&str]) -> Option<(&'static str, String)> {
    let at = words.iter().position(|word| tool(word).is_some())?;
    let (tool, words) = (tool(words[at])?, &words[at + 1..]);
    let address = words.iter().find(|word| word.contains("://"))?;
    let after = |is: &dyn Fn(&str) -> bool| {
        let at = words.iter().position(|word| is(word))?;
        words.get(at + 1).map(|path| (*path).to_owned())
    };
    // Letters of one word: `-fsSLo`.
    let flag =
        |word: &str, letter: char| word.starts_with('-') && !word.starts_with("--") && word.ends_with(letter);
    let base = || {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
    };
    let path = match tool {
        "curl" => after(&|word| word == "--output" || flag(word, 'o')).or_else(|| {
            let is_named = words.iter().any(|word| *word == "--remote-name" || flag(word, 'O'));
            if is_named { base() } else { None }
        }),
        "wget" if words.iter().any(|word| flag(word, '-')) => None,
        "wget" => after(&|word| word == "--output-document" || flag(word, 'O'))
            .or_else(|| Some(format!("{}/{}", after(&|word| word == "-P")?.trim_end_matches('/'), base()?)))
            .or_else(base),
        "certutil" => words.last().map(|path| (*path).to_owned()),
        _ => after(&|word| word.eq_ignore_ascii_case("-outfile") || word.eq_ignore_ascii_case("-o")),
    };
    path.filter(|path| path.len() > 2 && !path.contains("://") && !path.starts_with("/dev/null"))
        .map(|path| (tool, path))
}

fn tool(word: &str) -> Option<&'static str> {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
    ["curl", "wget", "certutil", "Invoke-WebRequest", "iwr"]
        .into_iter()
        .find(|tool| name.eq_ignore_ascii_case(tool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_has_a_path() {
        let path = |text: &str| saved(&text.split(' ').collect::<Vec<_>>()).map(|(_, path)| path);
        assert_eq!(path("curl -fsSLo /tmp/x https://a.example.invalid/s").as_deref(), Some("/tmp/x"));
        assert_eq!(path("curl -O https://a.example.invalid/s.sh?x").as_deref(), Some("s.sh"));
        assert_eq!(
            path("wget -q https://a.example.invalid/s.py -P /var/tmp/").as_deref(),
            Some("/var/tmp/s.py")
        );
        assert_eq!(path("wget https://a.example.invalid/s.py").as_deref(), Some("s.py"));
        assert_eq!(path("wget -qO- https://a.example.invalid/s.py"), None);
        assert_eq!(path("curl https://a.example.invalid/"), None);
        assert_eq!(path("iwr https://a.example.invalid/a -OutFile a.exe").as_deref(), Some("a.exe"));
    }
}
