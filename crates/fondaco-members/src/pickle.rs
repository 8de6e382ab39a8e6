//! Pickles, protocols 0 to 5, by their opcodes: what they would call when they are loaded.
//!
//! Nothing is built or called: names and texts go over a stack of our own, everything else is a
//! blank. A stream that breaks has run all that stood before the break (attackers break it on
//! purpose), so what was found until then counts. Source: CPython, `Lib/pickletools.py`.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use crate::danger::{is_dangerous, named_in};

/// Longest text that is kept; of longer ones the beginning.
const MAX_TEXT: usize = 4096;
const MAX_STACK: usize = 1 << 20;
const MAX_MEMO: usize = 1 << 20;
/// Opcodes after which the reader gives up and says so.
const MAX_STEPS: u64 = 200_000_000;
const MAX_CALLS: usize = 500;
/// Longest line of protocol 0.
const MAX_LINE: u64 = 64 << 20;

/// What a pickle does when it is loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pickle {
    /// The member.
    pub member: String,
    /// Each call that unpickling makes.
    pub calls: Vec<PickleCall>,
    /// Opcodes that were read.
    pub steps: u64,
    /// Why reading ended before the end, where so.
    pub broken: Option<&'static str>,
    /// Whether a limit of this reader, not the file, ended it.
    pub is_cut: bool,
}

/// One call that unpickling makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickleCall {
    /// The dotted name, e.g. `posix.system`.
    pub callee: String,
    /// The first text among its arguments.
    pub argument: String,
}

impl Pickle {
    /// The calls that no data needs: commands, code, network, modules by name.
    pub fn dangerous(&self) -> impl Iterator<Item = &PickleCall> {
        self.calls.iter().filter(|call| is_dangerous(&call.callee))
    }
}

#[derive(Debug, Clone)]
enum Item {
    Mark,
    Text(Rc<str>),
    /// A function or class by its dotted name.
    Name(Rc<str>),
    Other,
}

enum Stop {
    /// A `STOP` opcode.
    End,
    Broken(&'static str),
    Limit(&'static str),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Broken("it ends early")
        } else {
            Self::Io(error)
        }
    }
}

/// Extensions of files that hold pickles.
const EXTENSIONS: [&str; 11] =
    ["pkl", "pickle", "pck", "pcl", "pt", "pth", "ckpt", "joblib", "dill", "sav", "p"];

/// Whether a name promises a pickle; the first bytes tell those of protocol 2 and later.
pub fn has_pickle_name(extension: &str) -> bool {
    EXTENSIONS.contains(&extension)
}

/// Whether bytes begin as a pickle of protocol 0 or 1: as one that calls something, `cposix\nsystem\n`,
/// or as a list, tuple or dictionary that goes into its memory, `(dp0\n`.
pub fn begins_as_text(head: &[u8]) -> bool {
    let is_kept = |rest: &[u8]| {
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or_default();
        end > 0 && rest[end] == b'\n'
    };
    if let [b'(', b'd' | b'l' | b't', b'p', rest @ ..] = head {
        return is_kept(rest);
    }
    let head = head.strip_prefix(b"(").unwrap_or(head);
    let Some(rest) = head.strip_prefix(b"c").or_else(|| head.strip_prefix(b"i")) else { return false };
    let mut lines = rest.split(|byte| *byte == b'\n');
    let is_name = |line: Option<&[u8]>| {
        line.is_some_and(|line| {
            !line.is_empty() && line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        })
    };
    is_name(lines.next()) && is_name(lines.next()) && lines.next().is_some()
}

/// Reads the pickles of a member, one after another, as long as they are some.
///
/// # Errors
/// Those of `content`.
pub fn read(member: &str, content: &mut dyn Read) -> io::Result<Pickle> {
    let mut machine = Machine {
        source: BufReader::with_capacity(64 << 10, content),
        stack: Vec::new(),
        memo: HashMap::new(),
        memoised: 0,
        pickle: Pickle { member: member.to_owned(), ..Pickle::default() },
    };
    loop {
        match machine.run() {
            Stop::End => {
                machine.stack.clear();
                machine.memo.clear();
                machine.memoised = 0;
            }
            Stop::Io(error) => return Err(error),
            Stop::Broken(why) => {
                machine.pickle.broken = Some(why);
                machine.rest()?;
                return Ok(machine.pickle);
            }
            Stop::Limit(why) => {
                machine.pickle.broken = Some(why);
                machine.pickle.is_cut = true;
                return Ok(machine.pickle);
            }
        }
    }
}

struct Machine<'c> {
    source: BufReader<&'c mut dyn Read>,
    stack: Vec<Item>,
    memo: HashMap<u32, Item>,
    memoised: u32,
    pickle: Pickle,
}

impl Machine<'_> {
    fn run(&mut self) -> Stop {
        loop {
            if self.pickle.steps >= MAX_STEPS {
                return Stop::Limit("more opcodes than are read");
            }
            let op = match self.bytes::<1>() {
                Ok([op]) => op,
                Err(stop) => return stop,
            };
            self.pickle.steps += 1;
            if let Err(stop) = self.step(op) {
                return stop;
            }
            if self.stack.len() > MAX_STACK || self.memo.len() > MAX_MEMO {
                return Stop::Limit("more objects than are held");
            }
        }
    }

    /// One opcode with its argument: texts, names and calls here, numbers and collections below.
    fn step(&mut self, op: u8) -> Result<(), Stop> {
        match op {
            b'.' => return Err(Stop::End),
            b'c' => {
                let name = self.dotted_lines()?;
                self.stack.push(Item::Name(name));
            }
            b'i' => {
                let callee = self.dotted_lines()?;
                let args = self.pop_to_mark();
                self.call(Some(Item::Name(callee)), &args);
            }
            b'o' => {
                let args = self.pop_to_mark();
                let callee = args.first().cloned();
                self.call(callee, args.get(1..).unwrap_or_default());
            }
            0x93 => {
                let (name, module) = (self.pop(), self.pop());
                let text = |item: &Item| match item {
                    Item::Text(text) => text.to_string(),
                    _ => "?".to_owned(),
                };
                self.stack.push(Item::Name(format!("{}.{}", text(&module), text(&name)).into()));
            }
            b'R' | 0x81 => {
                let (args, callee) = (self.pop(), self.pop());
                self.call(Some(callee), &[args]);
            }
            0x92 => {
                let (_, args, callee) = (self.pop(), self.pop(), self.pop());
                self.call(Some(callee), &[args]);
            }
            b'S' | b'V' => {
                let line = self.line()?;
                let text = line.trim().trim_matches(['\'', '"']);
                self.stack.push(Item::Text(text.into()));
            }
            b'U' | 0x8c | b'C' => self.text(1)?,
            b'T' | b'X' | b'B' => self.text(4)?,
            0x8d | 0x8e | 0x96 => self.text(8)?,
            _ => return self.plain(op),
        }
        Ok(())
    }

    fn plain(&mut self, op: u8) -> Result<(), Stop> {
        match op {
            b'(' => self.stack.push(Item::Mark),
            b'N' | b')' | b']' | b'}' | 0x88 | 0x89 | 0x8f | 0x97 => self.stack.push(Item::Other),
            b'F' | b'I' | b'L' | b'P' => {
                self.line()?;
                self.stack.push(Item::Other);
            }
            b'K' => self.number::<1>()?,
            b'M' => self.number::<2>()?,
            b'J' | 0x84 => self.number::<4>()?,
            b'G' => self.number::<8>()?,
            0x82 => self.number::<1>()?,
            0x83 => self.number::<2>()?,
            0x8a => self.text(1)?,
            0x8b => self.text(4)?,
            0x80 => drop(self.bytes::<1>()?),
            0x95 => drop(self.bytes::<8>()?),
            b'0' => drop(self.pop()),
            b'1' => drop(self.pop_to_mark()),
            b'2' => {
                let top = self.stack.last().cloned().unwrap_or(Item::Other);
                self.stack.push(top);
            }
            b't' => {
                let items = self.pop_to_mark();
                self.gather(items);
            }
            b'l' | b'd' | 0x91 => {
                self.pop_to_mark();
                self.stack.push(Item::Other);
            }
            b'a' | b'b' => drop(self.pop()),
            b's' => drop((self.pop(), self.pop())),
            b'e' | b'u' | 0x90 => drop(self.pop_to_mark()),
            b'Q' => {
                self.pop();
                self.stack.push(Item::Other);
            }
            0x85..=0x87 => {
                let from = self.stack.len().saturating_sub(usize::from(op - 0x84));
                let items = self.stack.split_off(from);
                self.gather(items);
            }
            0x98 => {}
            b'g' | b'p' | b'h' | b'q' | b'j' | b'r' | 0x94 => return self.memo(op),
            _ => return Err(Stop::Broken("an unknown opcode")),
        }
        Ok(())
    }

    fn memo(&mut self, op: u8) -> Result<(), Stop> {
        let at = match op {
            b'g' | b'p' => {
                self.line()?.trim().parse().map_err(|_| Stop::Broken("a memo without a number"))?
            }
            b'h' | b'q' => u32::from(self.bytes::<1>()?[0]),
            b'j' | b'r' => u32::from_le_bytes(self.bytes::<4>()?),
            _ => self.memoised,
        };
        if matches!(op, b'g' | b'h' | b'j') {
            let item = self.memo.get(&at).cloned().unwrap_or(Item::Other);
            self.stack.push(item);
            return Ok(());
        }
        self.memoised = self.memoised.wrapping_add(1);
        match self.stack.last() {
            // What is blank is blank without a memo.
            Some(Item::Text(text)) if text.len() <= MAX_TEXT => {
                self.memo.insert(at, Item::Text(Rc::clone(text)));
            }
            Some(item @ Item::Name(_)) => {
                self.memo.insert(at, item.clone());
            }
            _ => {
                self.memo.remove(&at);
            }
        }
        Ok(())
    }

    /// A tuple stands for its first text, which is what a call's argument is shown as.
    fn gather(&mut self, items: Vec<Item>) {
        let text = items.into_iter().find(|item| matches!(item, Item::Text(_)));
        self.stack.push(text.unwrap_or(Item::Other));
    }

    /// A call of a name gives something that is known by that name: `getattr(os, 'system')`.
    fn call(&mut self, callee: Option<Item>, args: &[Item]) {
        let argument = args.iter().find_map(|item| match item {
            Item::Text(text) => Some(text.chars().take(MAX_TEXT).collect()),
            _ => None,
        });
        let argument: String = argument.unwrap_or_default();
        let Some(Item::Name(name)) = callee else { return self.stack.push(Item::Other) };
        let known = |call: &PickleCall| call.callee == *name && call.argument == argument;
        let is_dangerous = is_dangerous(&name);
        if (is_dangerous || self.pickle.calls.len() < MAX_CALLS)
            && self.pickle.calls.len() < 2 * MAX_CALLS
            && !self.pickle.calls.iter().rev().take(20).any(known)
        {
            self.pickle.calls.push(PickleCall { callee: name.to_string(), argument });
        }
        self.stack.push(Item::Other);
    }

    fn pop(&mut self) -> Item {
        self.stack.pop().unwrap_or(Item::Other)
    }

    fn pop_to_mark(&mut self) -> Vec<Item> {
        let mark = self.stack.iter().rposition(|item| matches!(item, Item::Mark));
        let items = self.stack.split_off(mark.map_or(0, |mark| mark + 1));
        self.stack.pop();
        items
    }

    fn number<const N: usize>(&mut self) -> Result<(), Stop> {
        self.bytes::<N>()?;
        self.stack.push(Item::Other);
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Text or bytes after a length of so many bytes; the rest of a long one is passed over.
    fn text(&mut self, width: usize) -> Result<(), Stop> {
        let mut length = [0; 8];
        self.source.read_exact(&mut length[..width])?;
        let length = u64::from_le_bytes(length);
        let mut text = Vec::new();
        let kept = length.min(MAX_TEXT as u64);
        self.source.by_ref().take(kept).read_to_end(&mut text)?;
        let passed = io::copy(&mut self.source.by_ref().take(length - kept), &mut io::sink())?;
        if text.len() as u64 + passed < length {
            return Err(Stop::Broken("it ends early"));
        }
        self.stack.push(Item::Text(String::from_utf8_lossy(&text).into()));
        Ok(())
    }

    fn line(&mut self) -> Result<String, Stop> {
        let mut line = Vec::new();
        let mut left = MAX_LINE;
        loop {
            let [byte] = self.bytes::<1>()?;
            if byte == b'\n' {
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if line.len() < MAX_TEXT {
                line.push(byte);
            }
            left -= 1;
            if left == 0 {
                return Err(Stop::Limit("a line that is longer than is read"));
            }
        }
    }

    fn dotted_lines(&mut self) -> Result<Rc<str>, Stop> {
        Ok(format!("{}.{}", self.line()?, self.line()?).into())
    }

    /// After raw data, as joblib writes it, pickles go on: only names are looked for there.
    fn rest(&mut self) -> io::Result<()> {
        let mut piece = Vec::new();
        loop {
            let before = piece.len();
            self.source.by_ref().take(256 << 10).read_to_end(&mut piece)?;
            if piece.len() == before {
                return Ok(());
            }
            for callee in named_in(&piece) {
                if !self.pickle.calls.iter().any(|call| call.callee == callee) {
                    self.pickle.calls.push(PickleCall { callee, argument: String::new() });
                }
            }
            piece.drain(..piece.len().saturating_sub(128));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callees(mut bytes: &[u8]) -> Vec<String> {
        read("a.pkl", &mut bytes).unwrap().dangerous().map(|call| call.callee.clone()).collect()
    }

    /// What `pickle.dumps` of protocol 4 gives for an object whose `__reduce__` calls `id`.
    const PROTOCOL_4: &[u8] =
        b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.";

    #[test]
    fn every_way_to_call() {
        assert_eq!(callees(b"cposix\nsystem\n(S'id'\ntR."), ["posix.system"]);
        assert_eq!(callees(b"(S'id'\nios\nsystem\n."), ["os.system"]);
        assert_eq!(callees(b"(cos\nsystem\nS'id'\no."), ["os.system"]);
        assert_eq!(
            callees(b"\x80\x02csubprocess\nPopen\nq\0X\x02\0\0\0idq\x01\x85q\x02\x81."),
            ["subprocess.Popen"]
        );
        assert_eq!(callees(PROTOCOL_4), ["posix.system"]);
        assert_eq!(callees(b"cshutil\nos.system\n(S'id'\ntR."), ["shutil.os.system"]);
        assert_eq!(callees(b"cbuiltins\ngetattr\n(ca\nb\nS'c'\ntR."), [""; 0]);
        let found = read("a", &mut &PROTOCOL_4[..]).unwrap();
        assert_eq!(found.calls[0].argument, "id");
    }

    #[test]
    fn what_stands_before_a_break_and_after_raw_data_counts() {
        assert_eq!(callees(b"cposix\nsystem\n(S'id'\ntR\xff\xff"), ["posix.system"]);
        let joblib = [&b"\x80\x04]\x94\xff\0\0\0\0"[..], &PROTOCOL_4[2..]].concat();
        assert_eq!(callees(&joblib), ["posix.system"]);
        let second = [&b"\x80\x02N."[..], PROTOCOL_4].concat();
        assert_eq!(callees(&second), ["posix.system"]);
    }

    #[test]
    fn protocol_zero_is_told_by_its_first_lines() {
        assert!(begins_as_text(b"cposix\nsystem\n(S"));
        assert!(begins_as_text(b"(dp0\nS'a'\n"));
        assert!(!begins_as_text(b"(dpi\n") && !begins_as_text(b"(dp0"));
        assert!(!begins_as_text(b"class A:\n    pass\n"));
        assert!(!begins_as_text(b"import os\nx\n"), "a source");
    }

    #[test]
    fn damage_never_panics() {
        for at in 0..PROTOCOL_4.len() {
            for byte in 0..=255u8 {
                let mut bytes = PROTOCOL_4.to_vec();
                bytes[at] = byte;
                callees(&bytes);
            }
            callees(&PROTOCOL_4[..at]);
        }
    }
}
