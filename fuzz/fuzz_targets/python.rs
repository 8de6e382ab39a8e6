//! Decoding, parsing, folding, unfolding and reach of Python source.
#![no_main]

use fondaco_python::{Budget, Form, Role, SourceFile, analyse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(path) = "setup.py".parse() else { return };
    let file = SourceFile { path: &path, bytes, form: Form::Source, role: Role::Setup, module: "setup" };
    let budget = Budget { steps: 50_000, ..Budget::default() };
    analyse(&[file], &[], &budget);
});
