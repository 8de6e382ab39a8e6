//! How credible a small package is: a score card.
//!
//! Attackers make packages to be thrown away: most are a file or two that can act on the machine,
//! with nothing around them. Each sign here is shared by many honest packages and says next to
//! nothing alone; what counts is how many come together. The weights are those of a logistic
//! regression on the open corpora, families and honest projects counting the same in all, written
//! by `cargo xtask eval --credibility` (docs/detection.md).
//!
//! Everything here can be faked, so that signs of care never take anything away from what other
//! rules find.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fondaco_pydist::CoreMetadata;
use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Credibility, Trigger};

use crate::Package;
use crate::contents::{DESCRIBED, has_address, is_release_step, only_builds};

/// Packages with more installed Python than this are not weighed: nobody throws that much away.
pub const SMALL: u64 = 200_000;
/// From here on a description is documentation.
const LONG: usize = 3_000;

/// Nobody reads lines longer than this.
const LEGIBLE: usize = 500;

/// A comment in so many lines is care.
const COMMENTED: usize = 30;

/// Something that a package shows or doesn't.
#[derive(Debug, Clone, Copy)]
pub struct Sign {
    /// Its stable id.
    pub id: &'static str,
    /// In a report, after "it": what is missing or what it does.
    pub says: &'static str,
    shows: fn(&Seen<'_>) -> bool,
}

/// What signs are looked for in.
struct Seen<'p> {
    package: &'p Package<'p>,
    metadata: &'p CoreMetadata,
}

impl Seen<'_> {
    /// What it does, but for building and publishing itself, reading its own version and executing code that
    /// stands there to be read.
    fn acts(&self) -> impl Iterator<Item = &Call> {
        let acts = self.package.acts().map(|(_, call)| call);
        acts.filter(|call| !only_builds(call) && !is_release_step(call) && !is_legible(call))
    }

    fn does(&self, is: fn(Api) -> bool) -> bool {
        self.acts().any(|call| call.api.is_some_and(is))
    }

    fn does_unasked(&self, is: fn(Api) -> bool) -> bool {
        let mut unasked = self.acts().filter(|call| call.trigger.is_some_and(Trigger::is_unasked));
        unasked.any(|call| call.api.is_some_and(is))
    }

    fn pages(&self) -> impl Iterator<Item = &str> {
        let metadata = self.metadata;
        // `label, https://...`
        let urls = metadata
            .project_urls
            .iter()
            .map(|url| url.split_once(',').map_or(url.as_str(), |(_, page)| page));
        urls.chain([metadata.home_page.as_str()]).map(str::trim)
    }
}

/// The card.
pub static SIGNS: [Sign; 25] = [
    Sign {
        id: "own-address",
        says: "has an address with its name in it",
        shows: |seen| {
            let name = plain(&seen.metadata.name);
            name.len() >= 2 && seen.pages().any(|page| plain(page).contains(&name))
        },
    },
    Sign {
        id: "long-description",
        says: "describes itself at length",
        shows: |seen| seen.metadata.description.trim().len() >= LONG,
    },
    Sign {
        id: "requires",
        says: "builds on other packages",
        shows: |seen| !seen.metadata.requires_dist.is_empty() || seen.package.artifact.requires,
    },
    Sign { id: "data", says: "has files besides Python", shows: |seen| seen.package.artifact.payload > 0 },
    Sign {
        id: "named-author",
        says: "names a person",
        shows: |seen| {
            let metadata = seen.metadata;
            let named =
                [&metadata.author, &metadata.maintainer, &metadata.author_email, &metadata.maintainer_email];
            named.into_iter().any(|name| is_full_name(name))
        },
    },
    Sign {
        id: "documented-code",
        says: "documents its code",
        shows: |seen| seen.package.artifact.style.texts >= 3,
    },
    Sign {
        id: "commented-code",
        says: "comments its code",
        shows: |seen| {
            let style = seen.package.artifact.style;
            style.comments > 0 && style.comments * COMMENTED >= style.lines
        },
    },
    Sign {
        id: "composed",
        says: "is of parts that know each other",
        shows: |seen| seen.package.artifact.style.is_composed,
    },
    Sign {
        id: "raises",
        says: "tells its callers of errors",
        shows: |seen| seen.package.artifact.style.raises > 0,
    },
    Sign { id: "no-address", says: "gives no address", shows: |seen| !has_address(seen.metadata) },
    Sign { id: "first-version", says: "is a first version", shows: |seen| is_first(&seen.metadata.version) },
    Sign {
        id: "no-licence",
        says: "has no licence",
        shows: |seen| {
            let classified = seen.metadata.classifiers.iter().any(|class| class.starts_with("License ::"));
            !is_said(&seen.metadata.license) && !classified && !seen.package.artifact.licence
        },
    },
    Sign {
        id: "short-description",
        says: "says hardly a line of itself",
        shows: |seen| description(seen.metadata).len() < DESCRIBED,
    },
    Sign {
        id: "short-summary",
        says: "says in less than four words what it is",
        shows: |seen| seen.metadata.summary.split_whitespace().count() < 4,
    },
    Sign {
        id: "hollow",
        says: "holds as good as nothing",
        shows: |seen| seen.package.is_hollow() && seen.acts().next().is_none(),
    },
    Sign { id: "network", says: "uses the network", shows: |seen| seen.does(is_network) },
    Sign { id: "commands", says: "runs commands", shows: |seen| seen.does(|api| api == Api::Shell) },
    Sign { id: "decoding", says: "decodes", shows: |seen| seen.does(|api| matches!(api, Api::Decode(_))) },
    Sign { id: "execution", says: "executes code", shows: |seen| seen.does(|api| api == Api::CodeExec) },
    Sign {
        id: "silenced-errors",
        says: "passes over every error",
        shows: |seen| seen.package.artifact.style.silenced > 0,
    },
    Sign {
        id: "long-line",
        says: "has lines that nobody reads",
        shows: |seen| seen.package.artifact.style.longest_line > LEGIBLE,
    },
    Sign {
        id: "hidden-code",
        says: "holds code within code",
        shows: |seen| {
            seen.package.analysis.units.iter().any(|unit| unit.layer > 0 && !unit.encoders.is_empty())
        },
    },
    Sign {
        id: "unasked-network",
        says: "uses the network without being asked",
        shows: |seen| seen.does_unasked(is_network),
    },
    Sign {
        id: "unasked-commands",
        says: "runs commands without being asked",
        shows: |seen| seen.does_unasked(|api| api == Api::Shell),
    },
    Sign {
        id: "unasked-code",
        says: "decodes or executes code without being asked",
        shows: |seen| seen.does_unasked(|api| matches!(api, Api::CodeExec | Api::Decode(_))),
    },
];

/// Signs of something that can be done with a package.
const ABLE: [&str; 4] = ["network", "commands", "decoding", "execution"];

/// Those of what it does without being asked.
const UNBIDDEN: [&str; 3] = ["unasked-network", "unasked-commands", "unasked-code"];

/// Signs that nobody stands for it or says what it is.
const UNSTATED: [&str; 4] = ["no-address", "no-licence", "short-description", "short-summary"];

/// What `cargo xtask eval --credibility` wrote: `sign TAB weight`.
const FITTED: &str = include_str!("credibility.tsv");

/// The weight of a sign, or of `intercept`.
pub fn sign_weight(id: &str) -> f32 {
    static WEIGHTS: LazyLock<BTreeMap<&str, f32>> = LazyLock::new(|| {
        let lines = FITTED.lines().filter_map(|line| line.split_once('\t'));
        lines.filter_map(|(id, weight)| Some((id, weight.trim().parse().ok()?))).collect()
    });
    WEIGHTS.get(id).copied().unwrap_or_default()
}

/// The card of a package; `None` where there is no metadata, or more than attackers throw away.
pub fn credibility(package: &Package<'_>) -> Option<Credibility> {
    let metadata = package.metadata?;
    if package.installed_python() > SMALL {
        return None;
    }
    let seen = Seen { package, metadata };
    let signs: Vec<&'static str> =
        SIGNS.iter().filter(|sign| (sign.shows)(&seen)).map(|sign| sign.id).collect();
    let doubt = sign_weight("intercept") + signs.iter().map(|id| sign_weight(id)).sum::<f32>();
    // Weights have two digits, and so has their sum.
    let doubt = (doubt * 100.0).round() / 100.0;
    Some(Credibility { signs, doubt })
}

/// From this doubt on it is evidence that a package holds nothing, and how much, in nats, for each unit more.
const HOLLOW: Grade = Grade { from: 0.0, per_unit: 0.6 };
/// The same of one that does something to whoever installs or imports it.
const UNASKED: Grade = Grade { from: 0.6, per_unit: 0.6 };
/// The same of one that waits to be asked: beginners share what works before they describe it, so that it
/// takes twice the doubt to be held for this alone.
const ASKED: Grade = Grade { from: 0.6, per_unit: 0.37 };
/// Less evidence than this, in nats, is not worth a line in a report.
const AT_LEAST: f32 = 0.2;
/// The most evidence, in nats: what a package is made like is never an attack by itself.
const AT_MOST: f32 = 0.75;

/// How doubt becomes evidence.
struct Grade {
    from: f32,
    per_unit: f32,
}

/// The evidence of so much doubt, in nats. A package that can do nothing, and is not empty, is harmless
/// however little stands behind it; one that is described and signed is a tool, however much it can do.
pub fn evidence(signs: &[&str], doubt: f32) -> f32 {
    if !signs.iter().any(|sign| UNSTATED.contains(sign)) {
        return 0.0;
    }
    let grade = if signs.contains(&"hollow") {
        HOLLOW
    } else if signs.iter().any(|sign| UNBIDDEN.contains(sign)) {
        UNASKED
    } else if signs.iter().any(|sign| ABLE.contains(sign)) {
        ASKED
    } else {
        return 0.0;
    };
    let evidence = grade.per_unit * (doubt - grade.from);
    if evidence < AT_LEAST { 0.0 } else { evidence.min(AT_MOST) }
}

/// The numbers with which projects begin.
fn is_first(version: &str) -> bool {
    let parts: Vec<&str> = version.split('.').collect();
    let (first, rest) = parts.split_first().unwrap_or((&"", &[]));
    let zeros = rest.iter().all(|part| *part == "0");
    let small =
        rest.len() <= 2 && rest.iter().filter(|part| **part != "0").all(|part| matches!(*part, "1" | "2"));
    match *first {
        "0" => small,
        "1" => zeros,
        _ => false,
    }
}

/// `Ada Lovelace`, and what may follow; no user name, no team.
fn is_full_name(text: &str) -> bool {
    let name = text.split(['<', ',', '@']).next().unwrap_or_default();
    let mut words = name.split_whitespace();
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || ".'-".contains(c))
    };
    words.next().is_some_and(is_name) && words.next().is_some()
}

/// Whether code is executed that is written out: `exec('import x')`.
fn is_legible(call: &Call) -> bool {
    let code = call.args.first().filter(|_| call.api == Some(Api::CodeExec));
    code.is_some_and(|code| code.as_str().is_some() && code.taint == Taint::NONE)
}

fn is_network(api: Api) -> bool {
    matches!(api, Api::NetworkFetch | Api::NetworkSend | Api::Socket)
}

fn description(metadata: &CoreMetadata) -> &str {
    let text = metadata.description.trim();
    if is_said(text) { text } else { "" }
}

/// Whether a header says anything; old builds write words for nothing.
fn is_said(text: &str) -> bool {
    !matches!(text.trim(), "" | "UNKNOWN" | "None")
}

/// Letters and digits only, small.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_has_a_weight_and_every_weight_a_sign() {
        let lines = FITTED.lines().filter(|line| !line.starts_with('#'));
        let fitted: Vec<&str> = lines.filter_map(|line| line.split('\t').next()).collect();
        let signs: Vec<&str> = ["intercept"].into_iter().chain(SIGNS.iter().map(|sign| sign.id)).collect();
        assert_eq!(fitted, signs);
        assert!(ABLE.iter().chain(&UNBIDDEN).chain(&UNSTATED).all(|id| signs.contains(id)));
    }

    #[test]
    fn what_can_do_nothing_or_is_described_is_no_evidence() {
        let doubt = 9.0;
        assert_eq!(evidence(&["no-address", "short-description"], doubt), 0.0, "it only computes");
        assert_eq!(evidence(&["network", "commands"], doubt), 0.0, "nothing is unsaid");
        assert_eq!(evidence(&["network", "no-address"], doubt), AT_MOST);
        assert_eq!(evidence(&["hollow", "no-address"], doubt), AT_MOST);
        // Less doubt is asked of what holds nothing, and of what acts unasked.
        assert!(
            evidence(&["network", "unasked-network", "no-address"], 1.8)
                > evidence(&["network", "no-address"], 1.8)
        );
        assert!(evidence(&["hollow", "no-address"], 1.5) > evidence(&["network", "no-address"], 1.5));
        assert_eq!(evidence(&["network", "no-address"], -9.0), 0.0, "care takes nothing away");
    }

    #[test]
    fn names_of_persons_and_first_versions() {
        for name in ["Ada Lovelace", "Jean-Luc O'Neill <a@b.example>", "J. Doe"] {
            assert!(is_full_name(name), "{name}");
        }
        for name in ["", "ada", "x0r 1337", "someone@mail.example"] {
            assert!(!is_full_name(name), "{name}");
        }
        for version in ["0", "0.1", "0.0.1", "0.1.0", "0.0.2", "1", "1.0", "1.0.0"] {
            assert!(is_first(version), "{version}");
        }
        for version in ["0.3", "1.1", "2.0", "0.1.0.dev3", "2024.1", ""] {
            assert!(!is_first(version), "{version}");
        }
    }
}
