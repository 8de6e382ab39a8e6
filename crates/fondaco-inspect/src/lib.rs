//! The one entry of inspection: artifact and context in, report out.
//!
//! Pure and deterministic: the same bytes, name and limits give the same report. No network, no
//! file system, no clock, no async. It needs a large stack, because syntax trees are deep:
//! [`on_large_stack`] gives one.

mod copies;
mod facts;
mod fingerprints;
mod hashing;
mod hooks;
mod indicators;
mod layout;
mod linked;
mod members;
mod opaque;
mod operator;
mod predecessor;

use std::collections::HashSet;
use std::io::{Read, Seek};

use fondaco_archive::{ArchiveError, Limits, Walk};
use fondaco_pydist::{CoreMetadata, DistFilename, DistKind, Sha256, Unscanned};
use fondaco_python::{
    Analysis, Api, Budget, Call, DataFile, EntryPoints, Form, Role, SourceFile, Syntax, Taint, Unit, analyse,
    analyse_with,
};
use fondaco_rules::{Artifact, Package, SMALL, Style};
use fondaco_verdict::{ArtifactKind, Layer, Report, Subject};

use layout::{File, Layout};
use linked::Linked;
use members::{Kept, Members};
use operator::{Claims, Matched};

pub use copies::fingerprints;
pub use fondaco_rules::Publication;
pub use operator::{ContentRules, Operator, Suppression};
pub use predecessor::{Had, Predecessor, trigger_without_version};

/// Stack of a thread that inspects, in bytes; virtual, only what is used is real.
const STACK: usize = 1 << 30;

/// What is known of an artifact besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Its file name, which tells wheel from sdist and names project and version.
    pub file_name: String,
    /// Its digest; `None` for a folder.
    pub sha256: Option<Sha256>,
    /// What it is, where the caller knows; an archive is told by its name.
    pub kind: Option<ArtifactKind>,
    /// What the newest earlier release had, where that is known.
    pub predecessor: Option<Predecessor>,
    /// Who published it and the newest earlier release, where that says something.
    pub publication: Option<Publication>,
    /// Whether the project is known to be no newcomer: what it is made like is no evidence then.
    pub established: bool,
}

/// Inspects one artifact.
pub fn inspect<R: Read + Seek>(source: R, context: &Context, limits: &Limits) -> Report {
    inspect_for(source, context, limits, &Operator::default())
}

/// Inspects one artifact as this operator wants it.
pub fn inspect_for<R: Read + Seek>(
    source: R,
    context: &Context,
    limits: &Limits,
    operator: &Operator<'_>,
) -> Report {
    let named = context.file_name.parse::<DistFilename>().ok();
    let kind = context.kind.unwrap_or_else(|| match named.as_ref().map(DistFilename::kind) {
        Some(DistKind::Wheel) => ArtifactKind::Wheel,
        Some(DistKind::Sdist(_)) => ArtifactKind::Sdist,
        Some(DistKind::Legacy) | None => ArtifactKind::Archive,
    });
    let mut subject = Subject {
        kind,
        sha256: context.sha256,
        project: named.as_ref().map(|name| name.project().to_string()),
        version: named.as_ref().map(|name| name.version().to_string()),
        metadata: None,
    };
    let mut members = Members::new(kind == ArtifactKind::Wheel);
    let mut matched = Matched::new(operator);
    let walked = match walked(source, limits, (&mut matched, &mut members)) {
        Ok(walked) => walked,
        Err(error) => {
            subject.kind = ArtifactKind::Unknown;
            return Report::failed(subject, error.to_string(), engine(limits));
        }
    };
    let mut facts = std::mem::take(&mut members.facts);
    if kind == ArtifactKind::Wheel {
        facts.record = fondaco_members::check_record(members.record.as_deref(), &members.seen);
    }
    let layout = Layout::of(kind, &members, &mut facts);
    let metadata = layout.metadata.map(CoreMetadata::parse);
    subject.metadata = layout.wheel_metadata.map(Sha256::of);
    let mut claims = Claims { file_name: named.as_ref().map(|name| name.project().clone()), metadata: None };
    if let Some(metadata) = &metadata {
        if let Ok(name) = metadata.name.parse::<fondaco_pydist::ProjectName>() {
            claims.metadata = Some(name.clone());
            subject.project = Some(name.to_string());
        }
        if !metadata.version.is_empty() {
            subject.version = Some(fondaco_verdict::printable(&metadata.version));
        }
    }
    let mut analysis = analysed(&layout, &members);
    let artifact = Artifact {
        project: named.as_ref().map(|name| name.project().clone()),
        payload: members.payload,
        licence: members.licence,
        requires: members.requires,
        style: style_of(&layout),
        copied: copies::of(claims.file_name.as_ref().or(claims.metadata.as_ref()), &layout),
    };
    let compared = facts::facts(&analysis, &facts.natives, &layout.entry_points.commands, metadata.as_ref());
    let news = context.predecessor.as_ref().map(|before| before.news(&compared, subject.version.as_deref()));
    let package = Package {
        artifact: &artifact,
        analysis: &analysis,
        metadata: metadata.as_ref(),
        anomalies: &walked.anomalies,
        members: &facts,
        news: news.as_ref(),
        publication: context.publication.as_ref(),
        established: context.established,
    };
    let mut findings = fondaco_rules::run(&package);
    let credibility = fondaco_rules::credibility(&package);
    matched.layers(&analysis.units);
    findings.append(&mut matched.findings);
    let (findings, suppressed) = operator.suppress(&claims, findings);
    let fingerprints =
        fingerprints::of(&analysis, metadata.as_ref(), members.kept.iter().map(|kept| &kept.path));
    let layers = analysis.units.iter().filter(|unit| unit.layer > 0).map(layer).collect();
    let mut unscanned = walked.unscanned;
    unscanned.append(&mut members.unscanned);
    unscanned.append(&mut analysis.unscanned);
    unscanned.append(&mut matched.unscanned);
    let report = Report::conclude(subject, findings, layers, unscanned, engine(limits));
    Report { suppressed, credibility, facts: compared, fingerprints, ..report }
}

/// How a small package's installed Python is written.
fn style_of(layout: &Layout<'_>) -> Style {
    let is_installed = |file: &&File<'_>| !matches!(file.role, Role::Setup | Role::Other);
    let sources = || layout.files.iter().filter(is_installed).filter(|file| file.form == Form::Source);
    let mut style = Style::default();
    if sources().map(|file| file.bytes.len() as u64).sum::<u64>() <= SMALL {
        sources().for_each(|file| style.add(file.bytes));
        layout
            .files
            .iter()
            .filter(|file| file.role == Role::Setup)
            .for_each(|file| style.add_lines(file.bytes));
    }
    style
}

/// Walks the archive; once more where links give members other names.
fn walked<R: Read + Seek>(
    mut source: R,
    limits: &Limits,
    (matched, members): (&mut Matched<'_>, &mut Members),
) -> Result<Walk, ArchiveError> {
    let mut walked = matched.walk(&mut source, limits, members)?;
    let links = std::mem::take(&mut walked.links);
    if !links.is_empty() {
        fondaco_archive::walk(source, limits, &mut Linked::new(links, members))?;
    }
    Ok(walked)
}

/// Analyses the package's Python; once more with the data files that code of it executes, or decodes
/// and makes something of.
fn analysed(layout: &Layout<'_>, members: &Members) -> Analysis {
    let mut files: Vec<SourceFile<'_>> = layout
        .files
        .iter()
        .map(|file| SourceFile {
            path: file.path,
            bytes: file.bytes,
            form: file.form,
            role: file.role,
            module: &file.module,
        })
        .collect();
    let mut analysis = analyse(&files, &layout.entry_points, &Budget::default());
    let executed = executed_texts(&analysis, &members.texts);
    let made = files_made_something_of(&analysis);
    let decoded = decoded_data(&made, members);
    let not_held = members.not_held.iter().filter(|path| made.contains(path.file_name()));
    let why = "code makes something of it that it runs, and it is more than is held".to_owned();
    let not_held: Vec<Unscanned> =
        not_held.map(|path| Unscanned { member: path.to_string(), why: why.clone() }).collect();
    if !executed.is_empty() || !decoded.is_empty() {
        files.extend(executed);
        analysis = analyse_with(&files, &decoded, &layout.entry_points, &Budget::default());
    }
    analysis.unscanned.extend(not_held);
    analysis
}

/// The names of files of which code makes something that it runs, starts or asks.
fn files_made_something_of(analysis: &Analysis) -> HashSet<String> {
    let uses = |call: &&Call| match call.api {
        Some(Api::CodeExec) => call.taint().has(Taint::FILE),
        Some(Api::Shell | Api::NetworkFetch | Api::NetworkSend | Api::Unpickle) => {
            let taint = call.taint();
            taint.has(Taint::FILE) && taint.has(Taint::DECODED | Taint::DECRYPTED)
        }
        _ => false,
    };
    let calls = analysis.units.iter().flat_map(|unit| unit.calls.iter()).filter(uses);
    let last = |text: &str| text.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    // What is made of a file is known by the file's name.
    calls.flat_map(|call| call.texts().into_iter().map(last)).collect()
}

/// The data files of these names that could hold something else than the text that they show.
fn decoded_data<'m>(named: &HashSet<String>, members: &'m Members) -> Vec<DataFile<'m>> {
    let data = members.data.iter().map(|(path, bytes)| DataFile { path, bytes });
    let texts = members.texts.iter().map(|kept| DataFile { path: &kept.path, bytes: &kept.bytes });
    data.chain(texts)
        .filter(|file| {
            // Compressed, it is known by the name of what it lies in.
            let names = std::iter::once(file.path.file_name()).chain(file.path.container());
            let is_named = |name: &str| fondaco_python::is_named(name, |text| named.contains(text));
            names.into_iter().any(is_named) && opaque::could_be_encoded(file.bytes)
        })
        .collect()
}

/// Data files that code executes as they are: they are source then.
fn executed_texts<'m>(analysis: &Analysis, texts: &'m [Kept]) -> Vec<SourceFile<'m>> {
    let loads = |call: &Call| call.api == Some(Api::ModuleLoad) && !call.callee.starts_with("sys.path.");
    let runs = |call: &&Call| (call.api == Some(Api::CodeExec) || loads(call)) && !call.texts().is_empty();
    let calls: Vec<&Call> = if texts.is_empty() {
        Vec::new()
    } else {
        analysis.units.iter().flat_map(|unit| unit.calls.iter()).filter(runs).collect()
    };
    let is_executed = |kept: &&Kept| calls.iter().any(|call| fondaco_rules::names(call, kept.path.as_str()));
    texts
        .iter()
        .filter(is_executed)
        .map(|kept| {
            let (form, role) = (Form::Source, Role::Other);
            SourceFile { path: &kept.path, bytes: &kept.bytes, form, role, module: "" }
        })
        .collect()
}

fn layer(unit: &Unit) -> Layer {
    Layer {
        member: unit.member.clone(),
        line: unit.origin.as_ref().map_or(0, |origin| origin.line),
        depth: unit.layer,
        encoders: unit.encoders.iter().map(|encoder| encoder.id().to_owned()).collect(),
        language: unit.language.id().to_owned(),
        sha256: unit.sha256.unwrap_or_else(|| Sha256::of(unit.text.as_bytes())),
        size: unit.size,
        incomplete: match &unit.syntax {
            Syntax::TokensOnly { why } => Some(fondaco_verdict::printable(why)),
            _ => None,
        },
    }
}

/// The fingerprint of what a report depends on besides the artifact: version, sources, rules, limits.
pub fn engine(limits: &Limits) -> String {
    let sources = env!("FONDACO_SOURCES");
    let mut text = format!("{sources} {limits:?} {:?} {}", Budget::default(), fondaco_verdict::FITTED);
    for rule in fondaco_rules::all() {
        text.push_str(&format!("{} {:?} {} {}", rule.id, rule.severity, rule.weight, rule.title));
    }
    let digest = Sha256::of(text.as_bytes()).to_string();
    format!("fondaco/{} rules/{}", env!("CARGO_PKG_VERSION"), &digest[..12])
}

/// The title of the rule with this id: our own words, whatever a report says.
pub fn rule_title(id: &str) -> Option<&'static str> {
    fondaco_rules::all().find(|rule| rule.id.as_str() == id).map(|rule| rule.title)
}

/// Makes what nearly every inspection needs and no artifact changes: tables, lists, weights. A process
/// that waits for its artifact has the time for it.
pub fn get_ready() {
    if let Ok(path) = "ready.py".parse() {
        let bytes = b"import os\nos.getenv('ready')\n";
        let (form, role) = (Form::Source, Role::Module);
        let file = SourceFile { path: &path, bytes, form, role, module: "ready" };
        analyse(&[file], &EntryPoints::default(), &Budget::default());
    }
    fondaco_rules::get_ready();
    engine(&Limits::default());
}

/// Runs `work` on a thread whose stack is large enough for deep syntax trees.
///
/// # Errors
/// When no thread can be started, or `work` panics.
pub fn on_large_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::io::Result<T> {
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(work)?
        .join()
        .map_err(|_| std::io::Error::other("the inspection panicked"))
}
