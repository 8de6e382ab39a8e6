//! What holds for every rule, found by walking the registry: the examples in a rule's own
//! documentation are its fixtures.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use fondaco_archive::{Anomaly, AnomalyKind};
use fondaco_members::{
    DataMember, Disguised, Facts, Kind, RecordProblem, RecordProblemKind, Script, ScriptLanguage,
    SettingKind, appended, has_pickle_name, is_harmless_name, read_native, read_pickle, settings,
};
use fondaco_pydist::{CoreMetadata, MemberPath};
use fondaco_python::{Analysis, Budget, EntryPoints, Form, Role, SourceFile, analyse};
use fondaco_rules::{Artifact, Copied, News, Package, Publication, all, explain, run, sink_of};
use fondaco_verdict::{Binary, Host};

/// The fenced example under a heading: its info line and its text.
fn example(docs: &str, heading: &str) -> (String, String) {
    let section = docs.split_once(&format!("## {heading}\n")).unwrap().1;
    let fenced = section.split_once("```").unwrap().1;
    let (info, rest) = fenced.split_once('\n').unwrap();
    (info.to_owned(), rest.split_once("```").unwrap().0.to_owned())
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

/// A member as `fondaco-inspect` hands it over.
fn add_member(members: &mut Facts, path: &str, bytes: &[u8]) {
    let member = path.to_owned();
    let kind = Kind::of(bytes);
    let extension = path.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    if is_harmless_name(extension) && kind.is_program() {
        members.disguised.push(Disguised { member: member.clone(), kind });
    }
    if kind.is_program() {
        members.natives.push(read_native(path, kind, &mut &*bytes).unwrap());
    }
    if let Some(kind) = SettingKind::of(path) {
        members.settings.extend(settings(path, kind, bytes));
    }
    if let Some(language) = ScriptLanguage::of(path, bytes) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let installed = path.contains(".data/scripts/");
        members.scripts.push(Script { member: member.clone(), language, text, installed, builds: false });
    }
    if has_pickle_name(extension) {
        members.pickles.push(read_pickle(path, &mut &*bytes).unwrap());
    }
    members.appended.extend(appended(path, bytes));
    members.data.push(DataMember { member, kind, size: bytes.len() as u64, is_encoded: false });
}

fn setup(text: &str) -> Analysis {
    let path = "setup.py".parse().unwrap();
    let (form, role) = (Form::Source, Role::Setup);
    let file = SourceFile { path: &path, bytes: text.as_bytes(), form, role, module: "setup" };
    analyse(&[file], &EntryPoints::default(), &Budget::default())
}

#[expect(clippy::too_many_lines, reason = "one table of kinds")]
fn rules_of((info, text): (String, String)) -> BTreeSet<&'static str> {
    let mut analysis = Analysis::default();
    // An example of one file stands for a package that has more in it.
    let mut artifact = Artifact { payload: 9, ..Artifact::default() };
    let mut anomalies = Vec::new();
    let mut metadata = None;
    let mut members = Facts::default();
    let mut news = None;
    let mut publication = None;
    match info.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["python", path] => {
            let member = path.parse().unwrap();
            let role = match *path {
                path if path.ends_with(".pth") => Role::Startup,
                path if path.ends_with("/__init__.py") => Role::Module,
                _ => Role::Setup,
            };
            let file = SourceFile {
                path: &member,
                bytes: text.as_bytes(),
                form: Form::Source,
                role,
                module: "setup",
            };
            analysis = analyse(&[file], &EntryPoints::default(), &Budget::default());
        }
        ["member", path] => add_member(&mut members, path, text.as_bytes()),
        ["member", path, "hex"] => add_member(&mut members, path, &from_hex(&text)),
        ["member", path, "hex", "python", "setup.py"] => {
            let (hex, python) = text.split_once("---\n").unwrap();
            add_member(&mut members, path, &from_hex(hex));
            analysis = setup(python);
        }
        ["record"] => {
            if text.contains("another digest") {
                let kind = RecordProblemKind::OtherDigest;
                members.record.push(RecordProblem { member: "pkg/core.py".into(), kind });
            }
        }
        ["command", name] => {
            members.commands.push((*name).to_owned());
            metadata = Some(CoreMetadata::parse(text.as_bytes()));
        }
        ["anomaly"] => {
            let kind = AnomalyKind::ALL.iter().copied().find(|kind| kind.id() == text.trim()).unwrap();
            anomalies.push(Anomaly { kind, member: "a".into(), detail: String::new() });
        }
        ["native"] => {
            members.natives.push(read_native("a.so", Kind::Elf, &mut text.as_bytes()).unwrap());
        }
        ["metadata"] => metadata = Some(CoreMetadata::parse(text.as_bytes())),
        // A release whose code, trigger, host and binary are all new.
        ["release", "setup.py"] => {
            analysis = setup(&text);
            let sinks = analysis.units.iter().flat_map(|unit| &unit.calls).filter_map(sink_of).collect();
            let host = Host { host: "x[.]example".into(), member: "setup.py".into(), layer: 0, line: 1 };
            let binary = Binary { member: "x/a.so".into(), format: "ELF".into() };
            let triggers = vec!["install: setup.py".to_owned()];
            news = Some(News { triggers, sinks, hosts: vec![host], binaries: vec![binary] });
        }
        ["publication"] => {
            let of = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::to_owned);
            let is_broken = text.trim() == "broken";
            publication = Some(Publication { before: of("before: "), now: of("now: "), is_broken });
        }
        ["copy", project] => {
            let others =
                text.lines().filter_map(|line| line.strip_prefix("--- ")).map(str::to_owned).collect();
            artifact.copied = Some(Copied { project: (*project).to_owned(), equal: 9, compared: 10, others });
            analysis = analyse_all(&text);
        }
        ["package", file] => {
            let named = file.parse::<fondaco_pydist::DistFilename>().unwrap();
            artifact = Artifact { project: Some(named.project().clone()), ..Artifact::default() };
            let (head, files) = text.split_once("--- ").unwrap_or((&text, ""));
            metadata = Some(CoreMetadata::parse(head.as_bytes()));
            analysis = analyse_all(files);
        }
        other => panic!("unknown kind of example: {other:?}"),
    }
    let package = Package {
        artifact: &artifact,
        analysis: &analysis,
        metadata: metadata.as_ref(),
        anomalies: &anomalies,
        members: &members,
        news: news.as_ref(),
        publication: publication.as_ref(),
        established: false,
    };
    run(&package).iter().map(|finding| finding.rule.as_str()).collect()
}

/// The files of an example of a whole package, each after a line `--- path`.
fn analyse_all(text: &str) -> Analysis {
    let files: Vec<_> = text
        .split("--- ")
        .filter_map(|file| file.split_once('\n'))
        .map(|(path, body)| (path.parse::<MemberPath>().unwrap(), body))
        .collect();
    let sources: Vec<_> = files
        .iter()
        .map(|(path, body)| SourceFile {
            path,
            bytes: body.as_bytes(),
            form: Form::Source,
            role: if path.as_str() == "setup.py" { Role::Setup } else { Role::Module },
            module: path.as_str().trim_end_matches(".py"),
        })
        .collect();
    analyse(&sources, &EntryPoints::default(), &Budget::default())
}

#[test]
fn every_rule_finds_its_bad_example_and_passes_its_good_one() {
    let mut wrong = Vec::new();
    for rule in all() {
        let docs = explain(rule.id.as_str()).unwrap();
        if !rules_of(example(&docs, "Bad")).contains(rule.id.as_str()) {
            wrong.push(format!("{} misses its bad example", rule.id));
        }
        if rules_of(example(&docs, "Good")).contains(rule.id.as_str()) {
            wrong.push(format!("{} flags its good example", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn ids_are_unique_ordered_and_kebab_case() {
    let ids: Vec<_> = all().map(|rule| rule.id.as_str()).collect();
    let sorted: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids, sorted.into_iter().collect::<Vec<_>>());
    assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')), "{ids:?}");
}

#[test]
fn every_rule_is_documented() {
    for rule in all() {
        let docs = explain(rule.id.as_str()).unwrap();
        for heading in ["What it detects", "Why it is bad", "Innocent lookalikes", "Bad", "Good"] {
            assert!(docs.contains(&format!("## {heading}\n")), "{} has no {heading:?}", rule.id);
        }
    }
    assert_eq!(explain("no-such-rule"), None);
}
