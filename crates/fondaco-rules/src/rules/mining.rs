//! ## What it detects
//!
//! The protocol of a mining pool in a command or a text, or a program that is started with the address of a wallet of Monero.
//!
//! ## Why it is bad
//!
//! It uses the machine for somebody else's money.
//!
//! ## Innocent lookalikes
//!
//! Clients of a pool name it as their purpose.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('./x -o stratum+tcp://x.example.invalid:3333')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('./x -o tcp://x.example.invalid:3333')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("mining"),
    title: "mines",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Impact),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        for fact in unit.strings.iter().filter(|fact| fact.text.contains("stratum+")) {
            hits.line(unit, fact.line, "the address of a mining pool");
        }
    }
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        if call.texts().iter().flat_map(|text| text.split_whitespace()).any(|word| is_monero(word) || is_option(word)) {
            hits.call(unit, call, "a program is started with the address of a wallet");
        }
    }
}

/// An address of Monero, standard or with a payment id: 69 or 77 bytes in base 58.
fn is_monero(word: &str) -> bool {
    let is_digit = |c: u8| c.is_ascii_alphanumeric() && !matches!(c, b'0' | b'O' | b'I' | b'l');
    matches!(word.len(), 95 | 106) && word.starts_with(['4', '8']) && word.bytes().all(is_digit)
}

/// An option that only miners have.
fn is_option(word: &str) -> bool {
    const OPTIONS: [&str; 6] =
        ["--donate-level", "--cpu-max-threads-hint", "--cpu-priority", "--randomx-mode", "--algo=rx/0", "--coin=monero"];
    OPTIONS.iter().any(|option| word.starts_with(option))
}
