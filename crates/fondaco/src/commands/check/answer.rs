//! One answer, put together.

use std::collections::BTreeSet;
use std::time::Duration;

use fondaco_model::{AdvisoryKind, Clock, Cooldown, Page, PageFile, SystemClock, Timestamp, YOUNG};
use fondaco_names::{Answer, Engine, Facts};
use fondaco_provenance::{Publisher, Trust};
use fondaco_pydist::{DistFilename, ProjectName, Version};
use fondaco_server::roles;
use fondaco_store::{Store, StoreError};
use fondaco_upstream::{PageAnswer, UpstreamClient};
use fondaco_wire::check_v1::{Advisory, Check, File, RuledOut, SCHEMA};
use fondaco_wire::report_v1::Verdict;
use fondaco_worker::Job;

use super::index::{self, Proof};
use super::text::rounded;
use super::wanted::Wanted;
use crate::commands::scan::Inspector;

const DAY: i64 = 86_400;
/// How far back downloads are counted.
const COUNTED: Duration = Duration::from_secs(90 * 86_400);

/// What answers rest on.
pub(super) struct Answerer<'a> {
    pub(super) engine: &'a Engine,
    pub(super) store: Option<Store>,
    pub(super) index: Option<UpstreamClient>,
    pub(super) cooldown: Cooldown,
    pub(super) inspector: &'a Inspector,
    /// By whom attestations are believed.
    pub(super) trust: &'a Trust,
}

fn empty(wanted: &Wanted) -> Check {
    Check {
        schema: SCHEMA,
        name: wanted.name.clone(),
        version: wanted.version.as_ref().map(ToString::to_string),
        exists: None,
        since: None,
        rank: None,
        confusable_with: None,
        techniques: Vec::new(),
        score: 0.0,
        ruled_out: Vec::new(),
        meant: Vec::new(),
        invented: Vec::new(),
        repository: None,
        provenance: None,
        tied_to_repository: None,
        advisories: Vec::new(),
        file: None,
        too_new_until: None,
        findings: Vec::new(),
        incomplete: Vec::new(),
    }
}

impl Answerer<'_> {
    /// The answer about one requirement. Whatever fails is part of it.
    pub(super) async fn check(&self, wanted: &Wanted) -> Check {
        let mut check = empty(wanted);
        if let Some(unclear) = wanted.unclear {
            check.incomplete.push(unclear.to_owned());
            return check;
        }
        let Ok(project) = wanted.name.parse::<ProjectName>() else {
            check.findings.push("that is no project name: letters, digits, '.', '_' and '-' only".to_owned());
            spelt(&mut check, &self.engine.spelling(&wanted.name));
            return check;
        };
        let page = self.page(&project, &mut check).await;
        let answer = self.judged(&project, page.as_ref(), &mut check).await;
        spelt(&mut check, &answer);
        if check.exists == Some(false) {
            self.absent(&project, &mut check);
        }
        if let (Some(client), Some(page)) = (&self.index, &page) {
            self.release(client, (&project, page), wanted.version.as_ref(), &mut check).await;
        }
        self.advisories(&project, &mut check).await;
        check
    }

    async fn page(&self, project: &ProjectName, check: &mut Check) -> Option<Page> {
        let client = self.index.as_ref()?;
        match client.page(project, None).await {
            Ok(PageAnswer::Page { page, .. }) => {
                check.exists = Some(true);
                check.since = index::since(&page).map(|since| since.to_string());
                Some(page)
            }
            Ok(_) => {
                check.exists = Some(false);
                None
            }
            Err(error) => {
                check.incomplete.push(format!("the index can't be asked: {error}"));
                None
            }
        }
    }

    /// What the name says, with what is known of it and of what it resembles.
    async fn judged(&self, project: &ProjectName, page: Option<&Page>, check: &mut Check) -> Answer {
        let answer = self.engine.spelling(project.as_str());
        let Some(found) = &answer.confusable else { return answer };
        let Ok(target) = found.target.parse::<ProjectName>() else { return answer };
        let page_of_target = match &self.index {
            Some(client) => client.page(&target, None).await.ok(),
            None => None,
        };
        let page_of_target = match &page_of_target {
            Some(PageAnswer::Page { page, .. }) => Some(page),
            _ => None,
        };
        let known = match (self.known(project, page).await, self.known(&target, page_of_target).await) {
            (Ok(own), Ok(other)) => (own, other),
            (Err(error), _) | (_, Err(error)) => {
                check.incomplete.push(format!("what is known of names can't be read: {error}"));
                return answer;
            }
        };
        let (own, other) = known;
        // One owner of both is enough, and each has an id.
        let owner = own.owners.intersection(&other.owners).next().map(String::as_str);
        let facts = |known: &Known| Facts {
            owner: None,
            age_days: known.age_days,
            downloads: known.downloads,
            repository: None,
        };
        let own = Facts { owner, ..facts(&own) };
        let other = Facts { owner, ..facts(&other) };
        let of_target = |name: &str| if name == target.as_str() { other } else { Facts::default() };
        self.engine.judge(project.as_str(), &own, &of_target)
    }

    /// What is known of a project: its age from the index that is asked or from ours, its downloads and
    /// owners from ours.
    async fn known(&self, project: &ProjectName, page: Option<&Page>) -> Result<Known, StoreError> {
        let mut known = Known { age_days: page.and_then(age), ..Known::default() };
        let Some(store) = &self.store else { return Ok(known) };
        let now = SystemClock.now();
        let since = now.checked_sub(COUNTED).unwrap_or(Timestamp::MIN);
        known.downloads = Some(store.downloads_of(project, since).await?);
        if let Some(own) = store.own_project(project).await? {
            known.age_days = days_since(own.made_at);
            let owners = roles::owners(store, &store.holders(project).await?).await?;
            known.owners = owners.iter().map(ToString::to_string).collect();
            if known.owners.is_empty() {
                known.owners.insert(own.made_by);
            }
        }
        Ok(known)
    }

    fn absent(&self, project: &ProjectName, check: &mut Check) {
        check.meant = self.engine.meant(project.as_str());
        check.invented = self.engine.invented(project.as_str()).iter().map(|form| form.sentence()).collect();
        let mut sentence = "the index has no such project".to_owned();
        if !check.meant.is_empty() {
            sentence += &format!("; did you mean {}?", check.meant.join(", "));
        }
        check.findings.insert(0, sentence);
        check.findings.extend(check.invented.iter().cloned());
        if check.meant.is_empty() && check.invented.is_empty() {
            let hint = "nothing known is called alike: names that tools and assistants invent look like this";
            check.findings.push(hint.to_owned());
        }
    }

    async fn release(
        &self,
        client: &UpstreamClient,
        (project, page): (&ProjectName, &Page),
        version: Option<&Version>,
        check: &mut Check,
    ) {
        let Some((file, name)) = index::chosen(page, project, version) else {
            let what =
                if version.is_some() { "the index has no file of that version" } else { "it has no files" };
            check.findings.push(what.to_owned());
            return;
        };
        check.version = Some(name.version().to_string());
        if let Some(reason) = &file.yanked {
            check.findings.push(format!("yanked: {}", fondaco_verdict::printable(reason)));
        }
        self.too_new(project, file, check);
        check.repository = index::repository(client, file).await;
        self.inspected(client, file, &name, check).await;
        self.proved(client, file, check).await;
    }

    /// Who published the file, and whether that is the repository which the metadata names. It is no
    /// pass: what is proved is where the file came from.
    async fn proved(&self, client: &UpstreamClient, file: &PageFile, check: &mut Check) {
        let inspected = check.file.as_ref().and_then(|file| file.sha256.as_deref()?.parse().ok());
        match index::proof((client, self.trust), file, inspected).await {
            Proof::Nothing => {}
            Proof::Unknown(why) => check.incomplete.push(format!("its provenance can't be had: {why}")),
            Proof::Broken(why) => check.findings.push(format!("its provenance proves nothing: {why}")),
            Proof::By(publisher) => {
                check.provenance = Some(Publisher::in_words(&publisher.to_json().to_string()));
                let named = check.repository.as_deref();
                check.tied_to_repository =
                    named.zip(publisher.repository.as_deref()).map(|(named, proved)| is_of(named, proved));
            }
        }
    }

    fn too_new(&self, project: &ProjectName, file: &PageFile, check: &mut Check) {
        let now = SystemClock.now();
        let (age, _) = self.cooldown.of(project, now);
        let ready = file.upload_time.and_then(|at| at.checked_add(age).ok());
        if let Some(ready) = ready.filter(|ready| !age.is_zero() && *ready > now) {
            check.too_new_until = Some(ready.to_string());
            check.findings.push(format!("too new: served from {ready} on"));
        }
    }

    async fn inspected(
        &self,
        client: &UpstreamClient,
        file: &PageFile,
        name: &DistFilename,
        check: &mut Check,
    ) {
        let (source, digest) = match index::fetched(client, file).await {
            Ok(fetched) => fetched,
            Err(error) => {
                check.incomplete.push(format!("{} can't be fetched: {error:#}", name.as_str()));
                return;
            }
        };
        let job = Job {
            source,
            file_name: name.as_str().to_owned(),
            sha256: Some(digest),
            kind: None,
            path: name.as_str().to_owned(),
            suppressions: Vec::new(),
            predecessor: None,
            publication: None,
            established: is_old(file),
            upload: false,
        };
        let report = tokio::task::block_in_place(|| self.inspector.inspect_job(job));
        match report.verdict {
            Verdict::Clean => {}
            Verdict::Incomplete => {
                check.incomplete.push(format!("{} was not inspected in full", report.path));
            }
            Verdict::Suspicious | Verdict::Malicious => {
                let word = if report.verdict == Verdict::Malicious { "malicious" } else { "suspicious" };
                let what: Vec<&str> =
                    report.behaviours.iter().map(|behaviour| behaviour.title.as_str()).collect();
                check.findings.push(format!("{} is {word}: {}", report.path, what.join(", ")));
            }
        }
        check.file = Some(File {
            name: report.path,
            sha256: report.sha256,
            verdict: report.verdict,
            score: report.score,
            story: report.story,
        });
    }

    async fn advisories(&self, project: &ProjectName, check: &mut Check) {
        let Some(store) = &self.store else { return };
        let version = check.version.as_deref().and_then(|version| version.parse::<Version>().ok());
        let known = match store.advisories_of(project).await {
            Ok(known) => known,
            Err(error) => {
                check.incomplete.push(format!("the known records can't be read: {error}"));
                return;
            }
        };
        for advisory in known.into_iter().filter(|advisory| advisory.withdrawn.is_none()) {
            if version.as_ref().is_some_and(|version| !advisory.affects(project, version)) {
                continue;
            }
            if advisory.kind == AdvisoryKind::Malware {
                let of = if version.is_some() { "" } else { " in some versions" };
                check.findings.push(format!("known malware{of}: {}", advisory.id));
            }
            check.advisories.push(Advisory { id: advisory.id.to_string(), kind: advisory.kind.id() });
        }
    }
}

/// Whether an address is that of a repository, which is named by its path.
fn is_of(address: &str, repository: &str) -> bool {
    let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let Some((_, path)) = path else { return false };
    let path = path.trim_matches('/').to_lowercase();
    let repository = repository.trim_matches('/').to_lowercase();
    let rest = path.strip_prefix(&repository);
    rest.is_some_and(|rest| rest.is_empty() || rest == ".git" || rest.starts_with('/'))
}

/// What is known of a project besides its name.
#[derive(Debug, Default)]
struct Known {
    age_days: Option<u32>,
    downloads: Option<u64>,
    owners: BTreeSet<String>,
}

/// Days since the oldest file.
fn age(page: &Page) -> Option<u32> {
    days_since(index::since(page)?)
}

fn days_since(instant: Timestamp) -> Option<u32> {
    u32::try_from((SystemClock.now().as_second() - instant.as_second()) / DAY).ok()
}

/// Whether a file has been public for so long that what it is made like says nothing.
fn is_old(file: &PageFile) -> bool {
    let old = file.upload_time.and_then(|at| at.checked_add(YOUNG).ok());
    old.is_some_and(|old| old <= SystemClock.now())
}

fn spelt(check: &mut Check, answer: &Answer) {
    check.rank = answer.rank;
    check.score = rounded(answer.score());
    check.confusable_with = answer.confusable.as_ref().map(|found| found.target.clone());
    check.techniques =
        answer.confusable.as_ref().map(|f| f.techniques.iter().map(|t| t.id()).collect()).unwrap_or_default();
    check.findings.extend(answer.sentence());
    check.ruled_out = answer
        .ruled_out
        .iter()
        .map(|(name, gate)| RuledOut { name: name.clone(), reason: gate.reason() })
        .collect();
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn an_address_is_of_a_repository_by_its_path() {
        for tied in [
            "https://code.example.invalid/A/b",
            "https://code.example.invalid/a/b.git",
            "https://code.example.invalid/a/b/tree/main",
        ] {
            assert!(is_of(tied, "a/B"), "{tied}");
        }
        for other in ["https://code.example.invalid/a/bc", "https://code.example.invalid/x/a/b", "a/b", ""] {
            assert!(!is_of(other, "a/b"), "{other}");
        }
    }
}
