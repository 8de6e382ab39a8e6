//! Compiled rules, matched against bytes.

use std::cell::RefCell;
use std::collections::HashMap;

use fondaco_verdict::{Confidence, Finding, RuleId, defang, printable};
use yara_x::{MetaValue, Rules, Scanner};

use crate::{DEFAULT, PREFIX, severity, weight};

/// Hexadecimal digits of the digest before the compiled rules.
const DIGEST: usize = 12;
/// Matches of one pattern that are looked for: one would do, conditions may count more.
const MAX_MATCHES: usize = 1_000;
/// Bytes of a match, and of what follows it, that a finding shows.
const SHOWN: usize = 120;

/// Rules that are ready to match.
pub struct Matcher {
    rules: Rules,
    digest: String,
    /// Ids live as long as the process, which inspects one artifact: they are as many as the rules.
    ids: HashMap<String, RuleId>,
}

impl Matcher {
    /// From the bytes of a [`RuleSet`](crate::RuleSet) of this same program.
    ///
    /// # Errors
    /// When they are none.
    pub fn new(bytes: &[u8]) -> Result<Self, String> {
        let (digest, compiled) = bytes.split_at_checked(DIGEST).ok_or("no compiled rules")?;
        let rules = Rules::deserialize(compiled).map_err(|error| error.to_string())?;
        let id = |name: &str| RuleId::new(String::leak(format!("{PREFIX}{name}")));
        let ids = rules.iter().map(|rule| (rule.identifier().to_owned(), id(rule.identifier()))).collect();
        Ok(Self { rules, digest: String::from_utf8_lossy(digest).into_owned(), ids })
    }

    /// Digest of the rules' sources.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Begins a scan of many members; one scanner for all of them, since making one is slow.
    pub fn start(&self) -> Matching<'_> {
        let mut scanner = Scanner::new(&self.rules);
        scanner.max_matches_per_pattern(MAX_MATCHES);
        Matching { scanner: RefCell::new(scanner), ids: &self.ids }
    }
}

/// A scan of many members.
pub struct Matching<'r> {
    scanner: RefCell<Scanner<'r>>,
    ids: &'r HashMap<String, RuleId>,
}

impl Matching<'_> {
    /// Each rule that matches, in the order of their names, with the place of its first match.
    ///
    /// # Errors
    /// When the matching stops early.
    pub fn matches(&self, member: &str, layer: u16, bytes: &[u8]) -> Result<Vec<Finding>, String> {
        let mut scanner = self.scanner.borrow_mut();
        let results = scanner.scan(bytes).map_err(|error| format!("the operator's YARA rules: {error}"))?;
        let mut findings: Vec<Finding> = results
            .matching_rules()
            .filter_map(|rule| {
                let first =
                    rule.patterns().flat_map(|pattern| pattern.matches()).map(|m| m.range().start).min();
                let mut finding = Finding {
                    rule: *self.ids.get(rule.identifier())?,
                    severity: DEFAULT,
                    confidence: Confidence::Medium,
                    behaviour: None,
                    trigger: None,
                    member: printable(member),
                    line: first.map_or(0, |at| line(bytes, at)),
                    layer,
                    message: format!("matches the operator's rule {}", rule.identifier()),
                    excerpt: first.map(|at| excerpt(bytes, at)).unwrap_or_default(),
                    reach: Vec::new(),
                    weight: 0.0,
                };
                for (key, value) in rule.metadata() {
                    match (key, value) {
                        ("severity", MetaValue::String(word)) => {
                            finding.severity = severity(word).unwrap_or(DEFAULT);
                        }
                        ("description", MetaValue::String(text)) => {
                            finding.message.push_str(&format!(": {}", defang(text)));
                        }
                        _ => {}
                    }
                }
                finding.weight = weight(finding.severity);
                Some(finding)
            })
            .collect();
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule));
        Ok(findings)
    }
}

/// The line of an offset, from 1; 0 in what is no text.
fn line(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or_default();
    if before.contains(&0) {
        return 0;
    }
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
}

/// What matched and a little of what follows it, up to the end of its line.
fn excerpt(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = &rest[..rest.len().min(SHOWN)];
    let end = rest.iter().position(|byte| *byte == b'\n').filter(|end| *end > 0).unwrap_or(rest.len());
    defang(&String::from_utf8_lossy(&rest[..end]))
}
