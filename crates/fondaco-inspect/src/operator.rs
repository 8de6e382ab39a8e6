//! What the operator of this installation adds to an inspection: rules of their own, and findings
//! that they have looked at and ruled out.

use std::collections::HashMap;
use std::io::{self, Read, Seek};

use fondaco_archive::{ArchiveError, Limits, Member, Visitor, Walk, walk};
use fondaco_pydist::{ProjectName, Sha256, Unscanned};
use fondaco_python::Unit;
use fondaco_verdict::{Finding, RuleId, Suppressed};

/// A member of more bytes is not shown to the operator's rules.
const MAX_MATCHED: u64 = 32 << 20;
/// Findings of one of the operator's rules that a report carries.
const MAX_HITS: usize = 20;

/// Finds the operator's own rules in the bytes of a member, or of a layer of it: member, layer, bytes.
pub type ContentRules<'a> = dyn Fn(&str, u16, &[u8]) -> Result<Vec<Finding>, String> + 'a;

/// What an operator adds to an inspection; nothing by default.
#[derive(Default, Clone, Copy)]
pub struct Operator<'a> {
    /// Findings that don't count.
    pub suppressions: &'a [Suppression],
    /// Rules of their own.
    pub rules: Option<&'a ContentRules<'a>>,
}

/// A finding that an operator has looked at and ruled out, for one project. Whether it is still in
/// force is the caller's affair: an inspection knows no clock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Suppression {
    /// The project.
    pub project: ProjectName,
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: String,
}

impl Suppression {
    /// What evidence that was made under these rests on, for the engine's fingerprint; empty for none.
    pub fn digest(suppressions: &[Self]) -> String {
        if suppressions.is_empty() {
            return String::new();
        }
        let mut lines: Vec<String> =
            suppressions.iter().map(|s| format!("{}\0{}\0{}\n", s.project, s.rule, s.reason)).collect();
        lines.sort_unstable();
        lines.dedup();
        Sha256::of(lines.concat().as_bytes()).to_string()[..12].to_owned()
    }
}

/// The names by which an artifact calls itself.
pub(crate) struct Claims {
    pub(crate) file_name: Option<ProjectName>,
    pub(crate) metadata: Option<ProjectName>,
}

impl Claims {
    /// Whether it is this project by every name that it has: one that borrows another's name in its
    /// metadata doesn't get what was ruled out for that one.
    fn are_of(&self, project: &ProjectName) -> bool {
        let mut claims = self.file_name.iter().chain(&self.metadata).peekable();
        claims.peek().is_some() && claims.all(|claim| claim == project)
    }
}

impl Operator<'_> {
    /// Parts what counts from what the operator has ruled out.
    pub(crate) fn suppress(
        &self,
        claims: &Claims,
        findings: Vec<Finding>,
    ) -> (Vec<Finding>, Vec<Suppressed>) {
        let (mut counting, mut suppressed) = (Vec::new(), Vec::new());
        for finding in findings {
            let ruled_out = |s: &&Suppression| s.rule == finding.rule.as_str() && claims.are_of(&s.project);
            match self.suppressions.iter().find(ruled_out) {
                Some(by) => {
                    let reason = fondaco_verdict::printable(&by.reason);
                    suppressed.push(Suppressed { finding, reason });
                }
                None => counting.push(finding),
            }
        }
        (counting, suppressed)
    }
}

/// What the operator's rules find while an artifact is inspected.
pub(crate) struct Matched<'r> {
    rules: Option<&'r ContentRules<'r>>,
    hits: HashMap<RuleId, usize>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unscanned: Vec<Unscanned>,
}

impl<'r> Matched<'r> {
    pub(crate) fn new(operator: &Operator<'r>) -> Self {
        Self { rules: operator.rules, hits: HashMap::new(), findings: Vec::new(), unscanned: Vec::new() }
    }

    /// Walks an archive, and shows each member to the rules before the visitor.
    pub(crate) fn walk<R: Read + Seek>(
        &mut self,
        source: R,
        limits: &Limits,
        visitor: &mut dyn Visitor,
    ) -> Result<Walk, ArchiveError> {
        match self.rules {
            Some(_) => walk(source, limits, &mut Matching { matched: self, within: visitor }),
            None => walk(source, limits, visitor),
        }
    }

    /// Shows the layers that were unfolded to the rules.
    pub(crate) fn layers(&mut self, units: &[Unit]) {
        for unit in units.iter().filter(|unit| unit.layer > 0) {
            let from = self.findings.len();
            let bytes = unit.raw.as_deref().unwrap_or_else(|| unit.text.as_bytes());
            self.apply(&unit.member, unit.layer, bytes);
            for finding in &mut self.findings[from..] {
                finding.reach.clone_from(&unit.reach);
            }
        }
    }

    fn apply(&mut self, member: &str, layer: u16, bytes: &[u8]) {
        let Some(rules) = self.rules else { return };
        match rules(member, layer, bytes) {
            Ok(findings) => {
                for finding in findings {
                    let hits = self.hits.entry(finding.rule).or_insert(0);
                    *hits += 1;
                    if *hits <= MAX_HITS {
                        self.findings.push(finding);
                    }
                }
            }
            Err(why) => self.unscanned.push(Unscanned { member: member.to_owned(), why }),
        }
    }
}

struct Matching<'m, 'r> {
    matched: &'m mut Matched<'r>,
    within: &'m mut dyn Visitor,
}

impl Visitor for Matching<'_, '_> {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        content.take(MAX_MATCHED + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_MATCHED {
            let why = format!("more than {MAX_MATCHED} bytes: not shown to the operator's own rules");
            self.matched.unscanned.push(Unscanned { member: member.path.to_string(), why });
            return self.within.member(member, &mut io::Cursor::new(bytes).chain(content));
        }
        self.matched.apply(member.path.as_str(), 0, &bytes);
        self.within.member(member, &mut bytes.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_borrowed_name_gets_nothing() {
        let name = |text: &str| Some(text.parse::<ProjectName>().unwrap());
        let own = name("own").unwrap();
        assert!(Claims { file_name: name("own"), metadata: name("Own") }.are_of(&own));
        assert!(Claims { file_name: None, metadata: name("own") }.are_of(&own));
        assert!(!Claims { file_name: name("evil"), metadata: name("own") }.are_of(&own));
        assert!(!Claims { file_name: None, metadata: None }.are_of(&own));
    }

    #[test]
    fn the_digest_knows_no_order() {
        let of = |rule: &str| Suppression {
            project: "own".parse().unwrap(),
            rule: rule.to_owned(),
            reason: "looked at".to_owned(),
        };
        let (a, b) = (of("a"), of("b"));
        assert_eq!(Suppression::digest(&[]), "");
        assert_eq!(
            Suppression::digest(&[a.clone(), b.clone()]),
            Suppression::digest(&[b.clone(), a.clone()])
        );
        assert_ne!(Suppression::digest(&[a]), Suppression::digest(&[b]));
    }
}
