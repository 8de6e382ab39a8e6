//! Decoding, parsing, folding, unfolding and reach of Python source.
#![no_main]

use fondaco_inspect::on_large_stack;
use fondaco_python::{EntryPoints, Budget, Form, Role, SourceFile, analyse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bytes = bytes.to_vec();
    let analysed = on_large_stack(move || {
        let Ok(path) = "setup.py".parse() else { return };
        let (form, role) = (Form::Source, Role::Setup);
        let file = SourceFile { path: &path, bytes: &bytes, form, role, module: "setup" };
        let budget = Budget { steps: 50_000, ..Budget::default() };
        analyse(&[file], &EntryPoints::default(), &budget);
    });
    assert!(analysed.is_ok(), "the analysis panicked");
});
