//! The lines of a `.pth` that the interpreter executes, as its `site` module reads them: without a PEP 263
//! cookie, line by line. Up to 3.12 a line ends as in any text file, from 3.13 on wherever
//! `str.splitlines` says; what either would execute counts.

/// What ends a line for `str.splitlines` besides what ends one in any text file.
const LATER: [char; 8] = ['\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The text with every line blanked that is not executed.
pub(crate) fn code(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let text = text.replace("\r\n", "\n");
    let mut lines = Vec::new();
    for line in text.split(['\n', '\r']) {
        if is_run(line) {
            // Executed whole, or as far as its first part: what follows is in it all the same.
            lines.push(line);
        } else {
            let mut parts = line.split(LATER).filter(|part| is_run(part));
            lines.push(parts.next().unwrap_or_default());
            lines.extend(parts);
        }
    }
    lines.join("\n")
}

fn is_run(line: &str) -> bool {
    line.starts_with("import ") || line.starts_with("import\t")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn every_line_end_of_either_reader_counts() {
        let blank = |bytes: &[u8]| code(bytes).replace('\n', "");
        assert_eq!(code(b"./lib\nimport os; f()\n/x"), "\nimport os; f()\n");
        for end in ["\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}"]
        {
            assert_eq!(blank(format!("./lib{end}import os; f()").as_bytes()), "import os; f()", "{end:?}");
        }
        // Up to 3.12 the form feed is a blank within the line.
        assert_eq!(code(b"import os;\x0cf()"), "import os;\x0cf()");
        assert_eq!(code(b"\xef\xbb\xbfimport os"), "import os");
        assert_eq!(blank(b"# coding: rot13\nimport os"), "import os", "a cookie means nothing here");
        assert_eq!(blank(b" import os\nimportant\nfrom os import path"), "");
    }
}
