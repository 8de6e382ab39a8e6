//! Arguments that go from one module to a function of another.

use std::borrow::Cow;
use std::rc::Rc;

use crate::analysis::{Call, Unit};
use crate::maps::Map;
use crate::{Api, Taint, Value};

/// The function of a call, as other modules name it.
fn plain(call: &Call) -> Cow<'_, str> {
    if call.function.contains("class ") {
        call.function.replace("class ", "").into()
    } else {
        (&*call.function).into()
    }
}

/// What a function does that others call in passing is done aside: nobody looks at an answer or hears of a failure.
pub(crate) fn set_aside(units: &mut [Unit], aside: &Map<Rc<str>, bool>) {
    if aside.is_empty() {
        return;
    }
    for call in units.iter_mut().flat_map(|unit| &mut unit.calls) {
        let Some(is_hushed) = call.dropped else { continue };
        let by = aside.get(&*plain(call)).copied();
        call.aside |= by.is_some_and(|hushed| is_hushed || hushed);
    }
}

/// Arguments that one module hands to a function of another count in that function's own calls.
pub(crate) fn hand_over(units: &mut [Unit], passed: &[(Rc<str>, Value)]) {
    let mut given: Map<&str, Value> = Map::default();
    for (function, value) in passed {
        given.entry(function).or_default().absorb(value);
    }
    for call in units.iter_mut().flat_map(|unit| &mut unit.calls) {
        let plain = plain(call);
        // A constructor is called by its class.
        let class = plain.strip_suffix(".__init__");
        let Some(value) = given.get(&*plain).or_else(|| class.and_then(|class| given.get(class))) else {
            continue;
        };
        let is_code = call.api == Some(Api::CodeExec);
        let mut value = value.clone();
        if !is_code {
            value.taint = value.taint.without(
                Taint::WRITTEN | Taint::FETCHED | Taint::NETWORK | Taint::DECODED | Taint::DECRYPTED,
            );
        }
        for arg in call.args.iter_mut().chain(call.kwargs.iter_mut().map(|(_, v)| v)) {
            if arg.taint.has(Taint::PARAMETER) {
                arg.absorb(&value);
            }
        }
    }
}
