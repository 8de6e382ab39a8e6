use std::fmt::Write;

/// A module as honest packages have them: some kilobytes of functions that compute. A package with
/// next to nothing in it is evidence by itself, which a test of something else doesn't want.
pub fn honest_module() -> String {
    let mut text = "\"\"\"Sums of many kinds.\"\"\"\n".to_owned();
    for number in 0..60 {
        // Writing to a string doesn't fail.
        let _ = write!(
            text,
            "\n\ndef total_{number}(values, start={number}):\n    \"\"\"The sum of some values and {number}.\"\"\"\n    \
             for value in values:\n        start += value\n    return start\n"
        );
    }
    text
}
