//! ## What it detects
//!
//! The home page, the repository or the title of the description is a popular project's, and the package is another,
//! with hardly any code.
//!
//! ## Why it is bad
//!
//! Pages that show stars and a long description lend trust that the package did not earn.
//!
//! ## Innocent lookalikes
//!
//! Many repositories are called by a word that is a popular project's name as well: `editor` says nothing. Plug-ins live in the repository of what they extend: names that share a word are passed, and so is every package with code of its own.
//!
//! ## Bad
//!
//! ```package fast-thing-1.0.tar.gz
//! Name: fast-thing
//! Home-page: https://code.example.invalid/psf/requests
//! --- setup.py
//! import os
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package requests-thing-1.0.tar.gz
//! Name: requests-thing
//! Home-page: https://code.example.invalid/psf/requests
//! --- setup.py
//! import os
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package fast-thing-1.0.tar.gz
//! Name: fast-thing
//! Home-page: https://code.example.invalid/me/editor
//! --- setup.py
//! import os
//! --- x/__init__.py
//! ```

use fondaco_names::{Popular, is_common_word};
use fondaco_pydist::ProjectName;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("borrowed-identity"),
    title: "pretends to be a popular project",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let Ok(name) = metadata.name.parse::<ProjectName>() else { return };
    if !package.is_tiny() {
        return;
    }
    let name = name.to_string();
    let pages = metadata.project_urls.iter().chain([&metadata.home_page]).filter_map(|page| repository(page));
    let title = metadata.description.lines().map(|line| line.trim_matches(['#', '=', ' '])).find(|line| !line.is_empty());
    for claimed in pages.chain(title.map(str::to_owned)) {
        let Ok(claimed) = claimed.parse::<ProjectName>() else { continue };
        let claimed = claimed.to_string();
        if claimed.len() >= 4 && !is_related(&name, &claimed) && is_popular(&claimed) {
            hits.member("", format!("claims to be {claimed}"));
            return;
        }
    }
}

/// How many of the popular projects are worth to be claimed.
const CLAIMED: u32 = 3_000;
/// Up to here a word means the project: a repository that is called `editor` is mostly somebody's own.
const FAMOUS: u32 = 200;

fn is_popular(name: &str) -> bool {
    let is_famous = |rank| rank <= FAMOUS || rank <= CLAIMED && !is_common_word(name);
    Popular::embedded().rank(name).is_some_and(is_famous)
}

/// `REPOSITORY` of `https://host/OWNER/REPOSITORY`.
fn repository(page: &str) -> Option<String> {
    let (_, address) = page.split_once("://")?;
    let mut parts = address.trim_end_matches('/').split('/').skip(2);
    let name = parts.next()?;
    parts.next().is_none().then(|| name.trim_end_matches(".git").to_owned())
}

fn is_related(name: &str, claimed: &str) -> bool {
    let words = |text: &str| text.split('-').filter(|word| word.len() > 2).map(str::to_owned).collect::<Vec<_>>();
    let (own, other) = (words(name), words(claimed));
    name.contains(claimed) || claimed.contains(name) || own.iter().any(|word| other.contains(word))
}
