//! What a call hands to a shell.

use fondaco_python::Call;

/// The commands that a call may run. One that is known is one of its texts, and the others are from other
/// calls; one that isn't known in full is what its parts make.
pub(crate) fn commands(call: &Call) -> Vec<String> {
    let texts = call.texts();
    if call.args.first().is_some_and(|command| command.as_str().is_some()) {
        return texts.into_iter().map(str::to_owned).collect();
    }
    vec![texts.join(" ")]
}
