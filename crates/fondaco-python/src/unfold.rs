//! Recognising code in what decoding gave, and in commands.

use base64::Engine;

use crate::Encoder;

/// What a layer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Python.
    Python,
    /// PowerShell.
    PowerShell,
    /// A Unix shell.
    Shell,
    /// Windows commands.
    Batch,
    /// JavaScript or JScript.
    JavaScript,
    /// VBScript.
    VbScript,
    /// HTML that carries a script.
    Html,
    /// Text of no language that is read here.
    Text,
    /// No text.
    Binary,
}

impl Language {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::PowerShell => "powershell",
            Self::Shell => "shell",
            Self::Batch => "batch",
            Self::JavaScript => "javascript",
            Self::VbScript => "vbscript",
            Self::Html => "html",
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }

    /// Whether text in it is read here.
    pub fn is_code(self) -> bool {
        !matches!(self, Self::Text | Self::Binary)
    }

    /// What decoded bytes look like.
    pub(crate) fn guess(bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else { return Self::Binary };
        let lower = text.to_ascii_lowercase();
        let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
        if text.contains('\0') {
            Self::Binary
        } else if has(&["<script", "<hta:application"]) {
            Self::Html
        } else if imports(&lower) {
            // Whatever commands for others stand in it.
            Self::Python
        } else if has(&["wscript.createobject", "createobject(\"wscript", "createobject(\"msxml2"]) {
            Self::VbScript
        } else if has(&[
            "activexobject(",
            "require('child_process')",
            "require(\"child_process\")",
            "process.env.",
        ]) {
            Self::JavaScript
        } else if lower.starts_with("@echo off") || has(&["schtasks ", "reg add ", "taskkill ", "certutil "])
        {
            Self::Batch
        } else if has(&[
            "invoke-webrequest",
            "new-object",
            "iex(",
            "iex ",
            "-encodedcommand",
            "start-process",
            "$env:",
        ]) {
            Self::PowerShell
        } else if lower.starts_with("#!/bin/")
            || has(&["curl -", "wget ", "/dev/tcp/", "chmod +x", "| bash", "|sh", "| sh"])
        {
            Self::Shell
        } else if has(&["import ", "exec(", "eval(", "__import__", "print(", "def ", "lambda ", "open("]) {
            Self::Python
        } else {
            Self::Text
        }
    }
}

/// Whether a line of a text is one of Python's imports.
pub(crate) fn imports(text: &str) -> bool {
    text.split(['\n', ';']).map(str::trim_start).any(|line| {
        let module = line.strip_prefix("import ").or_else(|| {
            line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")).map(|(module, _)| module)
        });
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ',' | ' ' | '\r');
        module.is_some_and(|module| !module.trim().is_empty() && module.chars().all(is_name))
    })
}

/// Whether decoded bytes are a program: worth keeping, whatever is done with them.
pub(crate) fn is_program(bytes: &[u8]) -> bool {
    let points_to = || {
        let at = u32::from_le_bytes(bytes.get(60..64)?.try_into().ok()?);
        Some(bytes.get(at as usize..)?.starts_with(b"PE\0\0"))
    };
    bytes.starts_with(b"\x7fELF")
        || bytes.starts_with(b"\xcf\xfa\xed\xfe")
        || bytes.starts_with(b"MZ") && points_to() == Some(true)
}

/// Code that a command carries: `python -c CODE`, `powershell -enc BASE64`.
pub(crate) struct Carried {
    pub(crate) language: Language,
    pub(crate) text: String,
    pub(crate) encoders: Vec<Encoder>,
}

/// Finds code in a command, given as one line or as its words.
pub(crate) fn carried(words: &[&str]) -> Option<Carried> {
    let split: Vec<&str> =
        if let [line] = words { line.splitn(64, char::is_whitespace).collect() } else { words.to_vec() };
    let flag =
        |wanted: &dyn Fn(&str) -> bool| split.iter().position(|word| wanted(&word.to_ascii_lowercase()));
    let lower: String = words.join(" ").chars().take(400).collect::<String>().to_ascii_lowercase();
    if lower.contains("powershell") || lower.contains("pwsh") {
        let encoded = flag(&|w| w.len() >= 2 && "-encodedcommand".starts_with(w) && w.starts_with("-e"));
        if let Some(text) = encoded.and_then(|at| split.get(at + 1)).and_then(|word| powershell(word)) {
            return Some(Carried { language: Language::PowerShell, text, encoders: vec![Encoder::Base64] });
        }
        let text = words.join(" ");
        return Some(Carried { language: Language::PowerShell, text, encoders: Vec::new() });
    }
    if lower.contains("python")
        && let Some(at) = flag(&|w| w == "-c")
    {
        let text = match words {
            [line] => line.split_once("-c")?.1.trim().trim_matches(['"', '\'']).to_owned(),
            _ => (*split.get(at + 1)?).to_owned(),
        };
        return Some(Carried { language: Language::Python, text, encoders: Vec::new() });
    }
    None
}

fn powershell(word: &str) -> Option<String> {
    let word = word.trim_matches(['"', '\'']);
    let bytes = base64::engine::general_purpose::STANDARD.decode(word).ok()?;
    utf16(&bytes)
}

/// Text from little-endian UTF-16.
fn utf16(bytes: &[u8]) -> Option<String> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_code_in_commands() {
        let found = carried(&["powershell -NoP -enc ZQBjAGgAbwA="]).unwrap();
        assert_eq!((found.language, found.text.as_str()), (Language::PowerShell, "echo"));
        let found = carried(&["python3", "-c", "import os"]).unwrap();
        assert_eq!(found.text, "import os");
        assert_eq!(carried(&["python -c \"import os\""]).unwrap().text, "import os");
        assert!(carried(&["gcc", "-c", "x.c"]).is_none());
    }
}
