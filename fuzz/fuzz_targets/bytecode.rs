//! Marshal and the listing of bytecode, and the analysis of what that gives.
#![no_main]

use fondaco_python::{Budget, Form, Role, SourceFile, analyse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(path) = "pkg/core.pyc".parse() else { return };
    let file = SourceFile { path: &path, bytes, form: Form::Bytecode, role: Role::Module, module: "pkg.core" };
    let budget = Budget { steps: 50_000, ..Budget::default() };
    analyse(&[file], &[], &budget);
});
