//! A stream of packages with known truth.

use fondaco_names::{Engine, Own, Popular};
use fondaco_testkit::Sdist;

use super::honest;
use super::kit::{Kit, Use, word};
use crate::tasks::names::generate::{Random, Victims};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Members of the campaigns, one each.
const SIZES: [usize; 26] =
    [3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 8, 10, 10, 12, 15, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 300];
/// Honest packages with shared boilerplate.
const HONEST: usize = 700;
/// Well-known projects that are forked, and forks of each.
const FORKED: (usize, usize) = (15, 5);
/// Malware of nobody's campaign.
const LONE: usize = 60;

/// One package on its way.
pub(crate) struct Package {
    pub(crate) file_name: String,
    pub(crate) bytes: std::sync::Arc<Vec<u8>>,
    pub(crate) project: String,
    pub(crate) account: String,
    pub(crate) at: i64,
    pub(crate) established: bool,
    pub(crate) target: Option<String>,
    /// The campaign that it is of.
    pub(crate) truth: Option<u64>,
    pub(crate) mutated: bool,
    /// What the members of its campaign have in common.
    pub(crate) common: Option<Common>,
}

/// What members of a campaign have in common, besides the code.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Common {
    /// One host.
    Host,
    /// One of three hosts.
    Hosts,
    /// The same hidden code, each time hidden anew where it is.
    Inside,
    /// Nothing: each has a host of its own.
    Code,
}

/// Names that nobody else has in this stream.
struct Names<'e> {
    engine: &'e Engine,
    squats: Vec<String>,
    count: usize,
}

impl Names<'_> {
    fn own(&mut self, random: &mut Random) -> String {
        self.count += 1;
        format!("{}-{}{}", word(random), word(random), self.count)
    }

    fn lookalike(&mut self, random: &mut Random) -> String {
        self.squats.pop().unwrap_or_else(|| self.own(random))
    }

    fn target(&self, name: &str) -> Option<String> {
        self.engine.spelling(name).confusable.map(|found| found.target)
    }
}

/// The stream of a seed, in the order of time.
pub(crate) fn stream(seed: u64) -> Vec<Package> {
    let engine = Engine::new(&Popular::embedded(), Own::default());
    let victims = Victims::of(&engine, |_| true);
    let squats = victims.squats(2_000, seed, |name| engine.rank(name).is_some());
    let squats = squats.into_iter().map(|(name, _)| name).filter(|name| name.len() > 3).collect();
    let mut names = Names { engine: &engine, squats, count: 0 };
    let mut random = Random::new(seed.wrapping_mul(0x51ed_2701) + 11);
    let mut all = honest(&mut names, &mut random);
    all.extend(forks(&mut names, &mut random));
    // Some makers use what another one has published.
    let mut kits: Vec<Kit> = SIZES.iter().map(|_| Kit::new(&mut random)).collect();
    let shared = Kit::new(&mut random);
    for (campaign, size) in SIZES.iter().enumerate() {
        let kit = if campaign == 9 || campaign == 17 { &shared } else { &kits[campaign] };
        let begin = (300 + campaign as i64 * 5) * DAY + random.below(DAY as usize) as i64;
        all.extend(wave(campaign as u64, *size, kit, begin, &mut names, &mut random));
    }
    for _ in 0..LONE {
        let kit = Kit::new(&mut random);
        all.push(lone(&kit, &mut names, &mut random));
    }
    kits.clear();
    all.sort_by(|a, b| (a.at, &a.project).cmp(&(b.at, &b.project)));
    all
}

struct Made {
    project: String,
    files: Vec<(String, String)>,
    summary: String,
}

fn packed(made: &Made, random: &mut Random) -> (String, std::sync::Arc<Vec<u8>>) {
    let version = format!("{}.{}.{}", random.below(3), random.below(10), random.below(20));
    let mut sdist = Sdist::new(&made.project, &version).summary(&made.summary);
    for (path, text) in &made.files {
        sdist = sdist.file(path, text);
    }
    let dist = sdist.build();
    (dist.file_name, dist.bytes)
}

fn package_of(project: &str) -> String {
    project.replace('-', "_")
}

/// The members of one campaign.
fn wave(
    truth: u64,
    size: usize,
    kit: &Kit,
    begin: i64,
    names: &mut Names<'_>,
    random: &mut Random,
) -> Vec<Package> {
    let common = [Common::Host, Common::Hosts, Common::Inside, Common::Code][random.below(4)];
    let hosts: Vec<String> = (0..3).map(|_| address(random)).collect();
    let one_account = random.chance(30);
    let account = format!("u{truth}");
    let looks_alike = random.chance(75);
    let template = format!("{} {} for {} people", word(random), word(random), word(random));
    // Bursts of minutes, and some that take their time.
    let pause = [HOUR / 30, HOUR / 6, HOUR][random.below(3)];
    let mut at = begin;
    let mut members = Vec::new();
    for number in 0..size {
        at += 1 + random.below(2 * pause as usize) as i64;
        let project = if looks_alike { names.lookalike(random) } else { names.own(random) };
        // A third is changed, the first not.
        let mutated = number > 0 && random.below(3) == 0;
        let host = match common {
            Common::Host | Common::Inside => hosts[0].clone(),
            Common::Hosts => hosts[random.below(3)].clone(),
            Common::Code => address(random),
        };
        let same_inside = matches!(common, Common::Inside) && !mutated;
        let usage = Use { address: &host, mutated, same_inside };
        let files = kit.files(&package_of(&project), &usage, random);
        let summary =
            if random.chance(60) { template.clone() } else { format!("{} {}", word(random), word(random)) };
        let (file_name, bytes) = packed(&Made { project: project.clone(), files, summary }, random);
        let account =
            if one_account { account.clone() } else { format!("{}{}", word(random), random.next() % 9999) };
        let target = names.target(&project);
        members.push(Package {
            file_name,
            bytes,
            project,
            account,
            at,
            established: false,
            target,
            truth: Some(truth),
            mutated,
            common: Some(common),
        });
    }
    members
}

fn address(random: &mut Random) -> String {
    format!("https://{}{}.example.invalid", word(random), random.below(10_000))
}

/// Malware of nobody's campaign; some of it in honest boilerplate.
fn lone(kit: &Kit, names: &mut Names<'_>, random: &mut Random) -> Package {
    let project = names.own(random);
    let package = package_of(&project);
    let host = address(random);
    let usage = Use { address: &host, mutated: false, same_inside: false };
    let mut files = kit.files(&package, &usage, random);
    if random.chance(50) {
        let own = honest::boilerplate(random.below(honest::KINDS), &package);
        for (path, text) in &mut files {
            if path == "setup.py" {
                *text = if text.contains("class ") { format!("{text}\n{own}") } else { own.clone() };
            }
        }
    }
    let summary = format!("{} {} tools", word(random), word(random));
    let at = (290 + random.below(150) as i64) * DAY + random.below(DAY as usize) as i64;
    plain(Made { project, files, summary }, at, false, names, random)
}

fn plain(made: Made, at: i64, established: bool, names: &Names<'_>, random: &mut Random) -> Package {
    let (file_name, bytes) = packed(&made, random);
    Package {
        file_name,
        bytes,
        account: format!("{}{}", word(random), random.next() % 9999),
        at,
        established,
        target: names.target(&made.project),
        project: made.project,
        truth: None,
        mutated: false,
        common: None,
    }
}

/// Honest packages, most of them before the campaigns, each with boilerplate that many have.
fn honest(names: &mut Names<'_>, random: &mut Random) -> Vec<Package> {
    let mut all = Vec::new();
    for number in 0..HONEST {
        let project = names.own(random);
        let package = package_of(&project);
        let mut files = vec![("setup.py".to_owned(), honest::boilerplate(number, &package))];
        let functions = 5 + random.below(30);
        files.push((format!("{package}/__init__.py"), honest::module(random, functions)));
        files.push((format!("{package}/version.py"), "__version__ = '1.0'\n".to_owned()));
        if random.chance(40) {
            files.push((format!("{package}/client.py"), honest::acting_module(random)));
        }
        let at = random.below(440 * DAY as usize) as i64;
        let established = random.chance(15);
        let summary = format!("{} {} for {}", word(random), word(random), word(random));
        all.push(plain(Made { project, files, summary }, at, established, names, random));
    }
    all
}

/// Well-known projects, and forks of theirs with a change.
fn forks(names: &mut Names<'_>, random: &mut Random) -> Vec<Package> {
    let mut all = Vec::new();
    for _ in 0..FORKED.0 {
        let shared: Vec<String> = (0..3).map(|_| honest::module(random, 12)).collect();
        let acting = honest::acting_module(random);
        let kind = random.below(honest::KINDS);
        let summary = format!("{} {} of {}", word(random), word(random), word(random));
        let begin = random.below(250 * DAY as usize) as i64;
        for fork in 0..=FORKED.1 {
            let project = names.own(random);
            let package = package_of(&project);
            let mut files = vec![("setup.py".to_owned(), honest::boilerplate(kind, &package))];
            for (at, text) in shared.iter().enumerate() {
                files.push((format!("{package}/part{at}.py"), text.clone()));
            }
            files.push((format!("{package}/service.py"), acting.clone()));
            files.push((format!("{package}/__init__.py"), honest::module(random, 2)));
            let at = begin + fork as i64 * (1 + random.below(60 * DAY as usize) as i64);
            let made = Made { project, files, summary: summary.clone() };
            all.push(plain(made, at, fork == 0, names, random));
        }
    }
    all
}
