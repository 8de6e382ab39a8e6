//! Marshal and the listing of bytecode, and the analysis of what that gives.
#![no_main]

use fondaco_inspect::on_large_stack;
use fondaco_python::{EntryPoints, Budget, Form, Role, SourceFile, analyse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bytes = bytes.to_vec();
    let analysed = on_large_stack(move || {
        let Ok(path) = "pkg/core.pyc".parse() else { return };
        let (form, role) = (Form::Bytecode, Role::Module);
        let file = SourceFile { path: &path, bytes: &bytes, form, role, module: "pkg.core" };
        let budget = Budget { steps: 50_000, ..Budget::default() };
        analyse(&[file], &EntryPoints::default(), &budget);
    });
    assert!(analysed.is_ok(), "the analysis panicked");
});
