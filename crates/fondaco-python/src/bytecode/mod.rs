//! Compiled Python: `.pyc` files and marshalled code objects, from 2.7 and 3.2 to 3.14.
//!
//! The instructions are turned back into Python source, which goes the way of all source: names,
//! constants, taint, layers and reach are found by the same code, and every rule sees bytecode.
//!
//! The listing is approximate. Every branch is taken, as the analysis of source does; of control
//! flow only `for` loops, comprehensions, functions and classes come back. What `del`, annotations
//! and `match` do is left out. Code that jumps about in ways that no compiler writes may come back
//! with values that are not known. What can't be understood is said: see [`Listing::problem`].
//!
//! Up to 3.9 the way of errors through `finally` is followed roughly. A version that a marshalled
//! object doesn't tell is guessed, and newer ones come first where several fit.
//!
//! Tested with the interpreters 2.7 and 3.6 to 3.13. Of 3.2 and 3.14 single files were at hand,
//! of 3.3 to 3.5 none: there, only the published tables speak for it.
//!
//! Everything is bounded: depth, steps, and the bytes of text that are made.

mod blocks;
mod calls;
mod definitions;
mod exceptions;
mod instructions;
mod item;
mod jumps;
mod lines;
mod literal;
mod loops;
mod machine;
mod marshal;
mod moves;
mod names;
mod object;
mod opcodes;
mod operators;
mod python2;
mod version;
mod writer;

use std::rc::Rc;

use machine::{Body, Machine};
use object::{Code, Object};
use version::Version;

pub use version::{has_form, is_known};

/// Steps of one listing: instructions, values moved, items rendered.
const MAX_STEPS: u64 = 40_000_000;
/// Steps of a listing that only serves to guess the version.
const MAX_GUESS: u64 = 1_000_000;
/// Bytes of text made for each byte of bytecode, and in any case.
const TEXT_FACTOR: usize = 8;
const MIN_TEXT: usize = 16 << 20;

/// Code objects as Python source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The source, on the lines that it was compiled from as far as that can be had.
    pub(crate) text: String,
    /// What was not understood, the first of it. With a problem the listing is incomplete.
    pub(crate) problem: Option<String>,
}

/// The source of a `.pyc`.
///
/// # Errors
/// When it is of an interpreter that is not read, or damaged.
pub(crate) fn of_file(bytes: &[u8]) -> Result<Listing, String> {
    let (version, body) = version::split(bytes)?;
    match marshal::read(body, version).map_err(|damage| damage.why)?.0 {
        Object::Code(code) => Ok(list(&code, version, body.len(), MAX_STEPS).0),
        _ => Err("Python bytecode that holds no code object".to_owned()),
    }
}

/// The source of what `marshal.loads` is given, whose version is guessed: the one whose
/// instructions and stack fit best. `None` if it is data and no code.
///
/// # Errors
/// When it is damaged, in every version.
pub(crate) fn of_marshal(bytes: &[u8]) -> Result<Option<Listing>, String> {
    let mut best: Option<(usize, Version, Rc<Code>)> = None;
    // The version that gets furthest tells best what is wrong.
    let mut damage: Option<marshal::Damage> = None;
    let mut is_data = false;
    for version in version::ALL {
        match marshal::read(bytes, version) {
            Ok((Object::Code(code), rest)) => {
                let cost = instructions::unknown(&code.code, version).saturating_mul(1_000_000)
                    + list(&code, version, bytes.len(), MAX_GUESS).1
                    + usize::from(!rest.is_empty());
                if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                    best = Some((cost, version, code));
                }
            }
            Ok(_) => is_data = true,
            Err(new) if damage.as_ref().is_none_or(|old| new.rest < old.rest) => damage = Some(new),
            Err(_) => {}
        }
    }
    match (best, damage) {
        (Some((_, version, code)), _) => Ok(Some(list(&code, version, bytes.len(), MAX_STEPS).0)),
        (None, Some(damage)) if !is_data => Err(damage.why),
        (None, _) => Ok(None),
    }
}

/// The listing, and how much of it did not fit.
fn list(code: &Rc<Code>, version: Version, size: usize, steps: u64) -> (Listing, usize) {
    let mut listing = machine::Listing {
        version,
        writer: writer::Writer::default(),
        steps,
        text: size.saturating_mul(TEXT_FACTOR).max(MIN_TEXT),
        problem: None,
        underflows: 0,
        misfits: 0,
        names: 0,
    };
    Machine::new(&mut listing, code.clone(), Body::Module).run();
    // What is unknown weighs most, an empty stack more than a name that is not used.
    let misfit = usize::from(listing.problem.is_some()) * 1_000_000
        + (listing.underflows as usize).min(1_000) * 100
        + (listing.misfits as usize).min(10_000);
    // Up to 3.9 the way of errors through `finally` is not followed in full, and may empty it.
    if listing.underflows > 0 && version >= Version(3, 10) {
        listing.trouble("bytecode that takes values from an empty stack");
    }
    (Listing { text: listing.writer.finish(), problem: listing.problem }, misfit)
}
