//! Which statements run, where that is known: decoders are loops with conditions in them.
//!
//! Everywhere else every branch is taken, so that no condition hides code.

use ruff_python_ast::{Expr, Stmt, StmtIf, StmtWhile};

use super::{Eval, MAX_IDLE_STEPS};
use crate::graph::{MAIN, TYPED};
use crate::maps::Set;
use crate::{Value, fold};

/// Loops whose condition is known are unrolled to this many rounds.
const MAX_ROUNDS: usize = 20_000;

/// Where a statement leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jump {
    Continue,
    Break,
    Return,
}

/// The state of what is followed exactly.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// Loops over known items and calls with known arguments, within each other.
    exact: usize,
    /// Branches of unknown conditions within these.
    unsure: usize,
    jump: Option<Jump>,
    /// Conditions whose other branch has been looked at, by the address of their node.
    seen: Set<usize>,
}

impl Control {
    /// Enters a function; what comes back is for [`leave`](Self::leave).
    pub(super) fn enter(&mut self, is_exact: bool) -> (usize, usize, Option<Jump>) {
        let above = (self.exact, self.unsure, self.jump.take());
        self.exact = usize::from(is_exact);
        self.unsure = 0;
        above
    }

    pub(super) fn leave(&mut self, above: (usize, usize, Option<Jump>)) {
        (self.exact, self.unsure, self.jump) = above;
    }

    pub(super) fn loops(&mut self, is_entered: bool) {
        if is_entered {
            self.exact += 1;
        } else {
            self.exact = self.exact.saturating_sub(1);
        }
    }

    /// Whether what is at hand is followed exactly.
    pub(super) fn is_exact(&self) -> bool {
        self.exact > 0
    }

    /// Jumps, if it is known that this is reached.
    pub(super) fn jump(&mut self, jump: Jump) {
        if self.exact > 0 && self.unsure == 0 {
            self.jump = Some(jump);
        }
    }

    /// Whether no unknown condition is above.
    pub(super) fn is_sure(&self) -> bool {
        self.unsure == 0
    }

    pub(super) fn is_jumping(&self) -> bool {
        self.jump.is_some()
    }

    /// At the end of a round: whether the loop ends.
    pub(super) fn ends_round(&mut self) -> bool {
        match self.jump {
            Some(Jump::Continue) => {
                self.jump = None;
                false
            }
            Some(Jump::Break) => {
                self.jump = None;
                true
            }
            Some(Jump::Return) => true,
            None => false,
        }
    }
}

/// What the rounds of a loop leave behind: a decoder something each time, a test nothing at all.
pub(super) struct Rounds {
    /// The scope that the loop stands in.
    scope: usize,
    /// Calls recorded and the like, and values yielded, when the round began.
    before: (u64, u64),
    /// The outermost scope that was set in, by this loop and before it.
    outermost: usize,
    /// The steps that were left when a round last left something behind.
    steps: u64,
}

impl<'a> Eval<'a, '_> {
    /// A loop begins.
    pub(super) fn rounds(&self) -> Rounds {
        let scope = self.scopes.len().saturating_sub(1);
        Rounds { scope, before: (0, 0), outermost: self.outermost, steps: self.steps }
    }

    /// One of its rounds begins; what the loop itself sets is set.
    pub(super) fn begin_round(&mut self, rounds: &mut Rounds) {
        rounds.before = (self.done, self.yields);
        self.outermost = usize::MAX;
    }

    /// A round has ended; whether so many have left nothing behind that no more are looked at.
    pub(super) fn is_idle(&mut self, rounds: &mut Rounds) -> bool {
        if self.outermost <= rounds.scope || rounds.before != (self.done, self.yields) {
            rounds.steps = self.steps;
        }
        self.outermost = self.outermost.min(rounds.outermost);
        rounds.outermost = self.outermost;
        rounds.steps.saturating_sub(self.steps) > MAX_IDLE_STEPS
    }

    /// A branch of a condition that isn't known: what is assigned in it may not have been.
    pub(super) fn unsure(&mut self, body: &'a [Stmt]) {
        self.branches += 1;
        self.perhaps(body);
        self.branches -= 1;
    }

    /// Statements that may end early or be repeated, whose assignments count all the same.
    pub(super) fn perhaps(&mut self, body: &'a [Stmt]) {
        self.control.unsure += 1;
        self.body(body);
        self.control.unsure -= 1;
    }

    pub(super) fn condition(&mut self, s: &'a StmtIf) {
        // What a person has to answer for is asked for, like a program that is started.
        let asked = if !self.function.is_empty() {
            None
        } else if super::asked::is_typed(&s.test) {
            Some(TYPED)
        } else {
            // Whoever has given the module another name asks for nothing by it.
            let is_program = super::asked::is_program(&s.test) && self.lookup("__name__").is_none();
            (is_program || self.is_answer(&s.test)).then_some(MAIN)
        };
        if let Some(asked) = asked {
            let above = std::mem::replace(&mut self.function, asked.into());
            self.perhaps(&s.body);
            self.function = above;
            for clause in &s.elif_else_clauses {
                self.unsure(&clause.body);
            }
            return;
        }
        let mut decided = false;
        let test = self.expression(&s.test);
        let picks = usize::from(self.picks_secrets(&s.test));
        self.picking += picks;
        self.branch(&test, &s.body, &mut decided);
        self.picking -= picks;
        for clause in &s.elif_else_clauses {
            match &clause.test {
                Some(test) => {
                    let test = self.expression(test);
                    self.branch(&test, &clause.body, &mut decided);
                }
                None if decided => self.aside(&clause.body),
                None if self.control.exact > 0 && self.is_decidable(s) => self.body(&clause.body),
                None => self.unsure(&clause.body),
            }
        }
    }

    /// Whether a condition compares what `input` gave.
    fn is_answer(&mut self, test: &'a Expr) -> bool {
        let Expr::Compare(compared) = test else { return false };
        let left = self.expression(&compared.left);
        let name = left.name.as_deref().unwrap_or_default();
        name.starts_with("builtins.input()") || name.starts_with("builtins.raw_input()")
    }

    /// Whether all conditions are known to be false: asked only where none was true.
    fn is_decidable(&mut self, s: &'a StmtIf) -> bool {
        let tests = std::iter::once(s.test.as_ref())
            .chain(s.elif_else_clauses.iter().filter_map(|c| c.test.as_ref()));
        tests.into_iter().all(|test| {
            let value = self.expression(test);
            fold::truth(&value) == Some(false)
        })
    }

    fn branch(&mut self, test: &Value, body: &'a [Stmt], decided: &mut bool) {
        let known = fold::truth(test).filter(|_| self.control.exact > 0);
        match known {
            _ if *decided => self.aside(body),
            Some(true) => {
                *decided = true;
                self.body(body);
            }
            Some(false) => self.aside(body),
            None => self.unsure(body),
        }
    }

    /// A branch that isn't taken is looked at once, and leaves nothing behind.
    fn aside(&mut self, body: &'a [Stmt]) {
        if self.control.jump.is_some() || !self.control.seen.insert(body.as_ptr() as usize) {
            return;
        }
        let scope = self.scopes.last().cloned();
        let returned = self.returned.len();
        self.unsure(body);
        self.returned.truncate(returned);
        if let (Some(kept), Some(last)) = (scope, self.scopes.last_mut()) {
            *last = kept;
        }
    }

    /// A loop whose condition is a comparison that changes is followed while it holds.
    pub(super) fn while_loop(&mut self, s: &'a StmtWhile) {
        // `while n > 0`, and `while n` for short.
        let changing = match s.test.as_ref() {
            Expr::Compare(compared) => compared.left.as_ref(),
            name @ Expr::Name(_) => name,
            other => {
                self.expression(other);
                self.perhaps(&s.body);
                self.body(&s.orelse);
                return;
            }
        };
        let floor = self.unrolling_floor();
        let mut above: Option<Value> = None;
        for round in 0..MAX_ROUNDS {
            let test = self.expression(&s.test);
            let left = self.expression(changing);
            let holds = fold::truth(&test) == Some(true) && above.as_ref() != Some(&left);
            if !holds {
                if round == 0 {
                    self.perhaps(&s.body);
                }
                break;
            }
            if round > 0 && self.steps <= floor || !self.step() {
                self.perhaps(&s.body);
                break;
            }
            above = Some(left);
            self.control.loops(true);
            self.body(&s.body);
            self.control.loops(false);
            if self.control.ends_round() {
                break;
            }
        }
        self.body(&s.orelse);
    }
}
