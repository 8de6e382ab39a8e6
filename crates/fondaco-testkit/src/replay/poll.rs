//! Somebody who tries to install each package of the wave, again and again, as pip asks.

use std::collections::BTreeMap;

use crate::{Dist, Fondaco};

use super::outcome::Outcome;

/// What pip asks for pages as.
const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";
const AGENT: &str = "pip/26.0 {\"installer\":{\"name\":\"pip\"}}";

/// Files of the wave that attack, and since when each could be had.
#[derive(Default)]
pub(super) struct Poller {
    /// Layer, project and file.
    wanted: Vec<(String, String, String)>,
    since: BTreeMap<String, i64>,
}

impl Poller {
    /// From now on this is asked for.
    pub(super) fn wants(&mut self, layer: &str, project: &str, dist: &Dist) {
        self.wanted.push((layer.to_owned(), project.to_owned(), dist.file_name.clone()));
    }

    /// Asks for the last `most` of them: the page first, then the file, whatever the page says.
    pub(super) fn poll(&mut self, fondaco: &Fondaco, outcome: &mut Outcome, at: i64, most: usize) {
        let first = self.wanted.len().saturating_sub(most);
        for (layer, project, file_name) in &self.wanted[first..] {
            outcome.polls += 1;
            let headers = [("Accept", ACCEPT), ("User-Agent", AGENT)];
            fondaco.get(&format!("/simple/{project}/"), &headers);
            let answer = fondaco.get(&format!("/files/{layer}/{project}/{file_name}"), &headers);
            if answer.status == 200 {
                let since = *self.since.entry(file_name.clone()).or_insert(at);
                outcome.installable.insert(file_name.clone(), at - since);
            }
        }
    }
}
