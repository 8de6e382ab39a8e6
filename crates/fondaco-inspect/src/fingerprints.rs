//! What an artifact has in common with others of the same maker.

use std::collections::BTreeSet;

use fondaco_pydist::{CoreMetadata, MemberPath, Sha256};
use fondaco_python::{Analysis, Api, Call, Role, Unit};
use fondaco_verdict::{Fingerprints, Indicator, IndicatorKind, MAX_INDICATORS};

use crate::indicators;

/// Text that is looked through for indicators, in all, in bytes.
const MAX_TEXT: usize = 8 << 20;
/// Shorter texts about a project say nothing of who wrote them, in bytes.
const TELLING: usize = 24;
/// Paths that a layout is made of.
const MAX_PATHS: usize = 2_000;
/// Of fewer members there are too few layouts.
const FEWEST_PATHS: usize = 4;

/// The first 64 bits of a text's digest.
fn digest(text: &str) -> u64 {
    let digest = Sha256::of(text.as_bytes());
    digest.as_bytes().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte))
}

pub(crate) fn of<'m>(
    analysis: &Analysis,
    metadata: Option<&CoreMetadata>,
    paths: impl Iterator<Item = &'m MemberPath>,
) -> Fingerprints {
    let empty = CoreMetadata::default();
    let metadata = metadata.unwrap_or(&empty);
    Fingerprints {
        shapes: fondaco_python::shapes(&analysis.units),
        indicators: indicators_of(&analysis.units),
        author: author(metadata),
        text: text(metadata),
        layout: layout(metadata, paths),
    }
}

/// Layers and what runs unasked first, since only so many are kept.
fn indicators_of(units: &[Unit]) -> Vec<Indicator> {
    let mut units: Vec<&Unit> =
        units.iter().filter(|unit| unit.role != Role::Other || unit.trigger.is_some()).collect();
    let is_unasked = |unit: &Unit| unit.layer > 0 || unit.trigger.is_some_and(|t| t.is_unasked());
    units.sort_by_key(|unit| !is_unasked(unit));
    let mut found = BTreeSet::new();
    let mut left = MAX_TEXT;
    for unit in units {
        for text in texts_of(unit) {
            if text.len() > left {
                continue;
            }
            left -= text.len();
            for (kind, text) in indicators::in_text(text) {
                if found.len() < MAX_INDICATORS {
                    found.insert(Indicator { kind, digest: digest(&text) });
                }
            }
        }
        // Not every text is kept by itself; a wallet may stand in any.
        let source = Some(&*unit.text).filter(|text| text.len() <= left).unwrap_or_default();
        left -= source.len();
        let hosts = unit.calls.iter().filter(|call| connects(call)).filter_map(named_host);
        for (kind, text) in indicators::secrets_in(source).chain(hosts) {
            if found.len() < MAX_INDICATORS {
                found.insert(Indicator { kind, digest: digest(&text) });
            }
        }
    }
    found.into_iter().collect()
}

/// Whether it is told whom to connect to.
fn connects(call: &Call) -> bool {
    let told = ["socket.create_connection", "http.client.HTTPSConnection", "http.client.HTTPConnection"];
    told.contains(&call.callee.as_str()) || call.api == Some(Api::Socket) && call.callee.ends_with(".connect")
}

/// The host that a call is given without an address around it: `connect(("a.example", 80))`.
fn named_host(call: &Call) -> Option<(IndicatorKind, String)> {
    let first = call.args.first()?;
    let host = first.as_list().and_then(|items| items.first()).unwrap_or(first);
    indicators::of_host(host.as_str()?)
}

fn texts_of(unit: &Unit) -> impl Iterator<Item = &str> {
    let strings = unit.strings.iter().map(|fact| fact.text.as_str());
    let given = unit.calls.iter().flat_map(|call| call.texts());
    // Of a layer in another language there is only its text.
    let whole = (unit.layer > 0 && unit.calls.is_empty()).then_some(&*unit.text);
    strings.chain(given).chain(whole)
}

fn author(metadata: &CoreMetadata) -> Option<u64> {
    let said = [&metadata.author, &metadata.author_email, &metadata.maintainer, &metadata.maintainer_email];
    let said: Vec<String> = said.iter().map(|text| text.trim().to_lowercase()).collect();
    said.iter().any(|text| !text.is_empty()).then(|| digest(&said.join("\0")))
}

/// Texts without the project's name, in each way of writing it.
fn nameless(text: &str, name: &str) -> String {
    let (name, text) = (name.to_lowercase(), text.to_lowercase());
    if name.len() < 3 {
        return text;
    }
    let spellings = [name.replace(['-', '.'], "_"), name.replace(['_', '.'], "-"), name];
    spellings.iter().fold(text, |text, spelling| text.replace(spelling, "\0"))
}

fn text(metadata: &CoreMetadata) -> Option<u64> {
    let said = format!("{}\n{}", metadata.summary.trim(), metadata.description.trim());
    (said.len() >= TELLING).then(|| digest(&nameless(&said, &metadata.name)))
}

fn layout<'m>(metadata: &CoreMetadata, paths: impl Iterator<Item = &'m MemberPath>) -> Option<u64> {
    let local = |path: &MemberPath| {
        let path = path.as_str();
        let within = path.split_once('/').map_or(path, |(_, within)| within);
        nameless(within, &metadata.name)
    };
    let paths: BTreeSet<String> = paths.map(local).take(MAX_PATHS).collect();
    let joined = paths.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    (paths.len() >= FEWEST_PATHS).then(|| digest(&joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_no_part_of_what_is_said() {
        let of = |name: &str| {
            let metadata = CoreMetadata {
                name: name.to_owned(),
                summary: format!("{name} makes requests simple for people"),
                ..CoreMetadata::default()
            };
            text(&metadata)
        };
        assert!(of("abc-def").is_some());
        assert_eq!(of("abc-def"), of("other_name"));
        assert_eq!(text(&CoreMetadata::default()), None);
    }
}
