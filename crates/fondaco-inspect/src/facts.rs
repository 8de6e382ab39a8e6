//! What an artifact consists of and refers to, for comparing two of them.

use std::collections::BTreeSet;

use fondaco_members::Native;
use fondaco_pydist::CoreMetadata;
use fondaco_python::{Analysis, Api, Role, Unit};
use fondaco_verdict::{Binary, Facts, Host, Trigger, defang_host, printable};

/// Hosts that are kept.
const MAX_HOSTS: usize = 300;
/// Entries of each other kind that are kept.
const MAX_ENTRIES: usize = 300;
/// Longest name of a host (RFC 1035).
const MAX_NAME: usize = 253;

pub(crate) fn facts(
    analysis: &Analysis,
    natives: &[Native],
    entry_points: &[String],
    metadata: Option<&CoreMetadata>,
) -> Facts {
    let mut cut = false;
    let mut hosts: BTreeSet<Host> = BTreeSet::new();
    for unit in &analysis.units {
        hosts_of(unit, &mut hosts);
        if hosts.len() > MAX_HOSTS {
            cut = true;
            break;
        }
    }
    let binary = |native: &Native| Binary {
        member: printable(&native.member),
        format: native.format.unwrap_or_default().to_owned(),
    };
    let unasked = |unit: &&Unit| {
        unit.layer == 0 && unit.reach.is_empty() && unit.trigger.is_some_and(|t| t < Trigger::Import)
    };
    let trigger = |unit: &Unit| {
        format!("{}: {}", unit.trigger.map(Trigger::id).unwrap_or_default(), printable(&unit.member))
    };
    let units = analysis.units.iter().filter(|unit| unit.role != Role::Other || unit.trigger.is_some());
    let sinks = units.flat_map(|unit| &unit.calls).filter_map(fondaco_rules::sink_of);
    let requires = metadata.map(|metadata| metadata.requires_dist.as_slice()).unwrap_or_default();
    Facts {
        triggers: some(analysis.units.iter().filter(unasked).map(trigger), &mut cut),
        binaries: some(natives.iter().map(binary), &mut cut),
        entry_points: some(entry_points.iter().map(|point| printable(point)), &mut cut),
        sinks: some(sinks, &mut cut),
        requires: some(requires.iter().map(|requirement| printable(requirement)), &mut cut),
        hosts: hosts.into_iter().take(MAX_HOSTS).collect(),
        cut,
    }
}

/// Sorted, without repetitions, not too many.
fn some<T: Ord>(all: impl Iterator<Item = T>, cut: &mut bool) -> Vec<T> {
    let all: BTreeSet<T> = all.collect();
    *cut |= all.len() > MAX_ENTRIES;
    all.into_iter().take(MAX_ENTRIES).collect()
}

/// Each host once a layer of a member, at the first line that names it.
fn hosts_of(unit: &Unit, hosts: &mut BTreeSet<Host>) {
    let mut named: BTreeSet<(String, u32)> = BTreeSet::new();
    for fact in &unit.strings {
        named.extend(in_addresses(&fact.text).map(|host| (host, fact.line)));
    }
    for call in &unit.calls {
        let texts = call.texts();
        named.extend(texts.iter().flat_map(|text| in_addresses(text)).map(|host| (host, call.line)));
        if call.api == Some(Api::Socket) {
            let bare = texts.iter().filter(|text| is_host(text) && text.contains('.'));
            named.extend(bare.map(|text| (text.to_ascii_lowercase(), call.line)));
        }
    }
    // Of a layer in another language there is only its text.
    if unit.layer > 0 && unit.calls.is_empty() {
        for (at, line) in (1u32..).zip(unit.text.lines()) {
            named.extend(in_addresses(line).map(|host| (host, at)));
        }
    }
    let mut seen = BTreeSet::new();
    for (host, line) in named {
        if seen.insert(host.clone()) && hosts.len() <= MAX_HOSTS {
            let member = printable(&unit.member);
            hosts.insert(Host { host: defang_host(&host), member, layer: unit.layer, line });
        }
    }
}

fn is_host(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !text.is_empty() && text.len() <= MAX_NAME && text.chars().all(allowed) && !text.starts_with('.')
}

/// The hosts of the addresses in a text: what stands after `://`, without user and port.
fn in_addresses(text: &str) -> impl Iterator<Item = String> {
    text.split("://").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| "/?#\"'`<>(){}\\|,; \t\r\n".contains(c)).unwrap_or(rest.len());
        let authority = rest.get(..end)?;
        let host = authority.rsplit('@').next()?;
        let host = host.split(':').next()?.trim_end_matches('.');
        is_host(host).then(|| host.to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::in_addresses;

    #[test]
    fn finds_the_hosts_of_addresses() {
        let text = "get https://user:secret@A.Example:8443/x and 'tcp://b.example' but not c.example://";
        assert_eq!(in_addresses(text).collect::<Vec<_>>(), ["a.example", "b.example"]);
    }
}
