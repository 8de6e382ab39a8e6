//! The budget of inflated bytes, counted where they come out of a decoder.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::Limits;

/// Counts what comes out of all decoders of a walk, whatever sizes the archive declares.
pub(crate) struct Budget {
    inflated: Cell<u64>,
    exhausted: Cell<bool>,
    max: u64,
}

impl Budget {
    /// The budget for an artifact of `length` bytes.
    pub(crate) fn new(limits: &Limits, length: u64) -> Rc<Self> {
        let by_ratio = length.saturating_mul(limits.max_ratio).max(limits.ratio_floor);
        let max = limits.max_inflated.min(by_ratio);
        Rc::new(Self { inflated: Cell::new(0), exhausted: Cell::new(false), max })
    }

    pub(crate) fn inflated(&self) -> u64 {
        self.inflated.get()
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    fn refuse(&self) -> io::Error {
        io::Error::other(format!("inflates to more than {} bytes, the limit for this artifact", self.max))
    }
}

/// A reader whose bytes are charged to the budget.
pub(crate) struct Metered<R> {
    inner: R,
    budget: Rc<Budget>,
}

impl<R: Read> Metered<R> {
    pub(crate) fn new(inner: R, budget: &Rc<Budget>) -> Self {
        Self { inner, budget: Rc::clone(budget) }
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_exhausted() {
            return Err(self.budget.refuse());
        }
        let read = self.inner.read(buffer)?;
        let inflated = self.budget.inflated.get() + read as u64;
        self.budget.inflated.set(inflated);
        if inflated > self.budget.max {
            self.budget.exhausted.set(true);
            return Err(self.budget.refuse());
        }
        Ok(read)
    }
}
