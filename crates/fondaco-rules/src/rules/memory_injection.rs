//! ## What it detects
//!
//! Native calls that allocate executable memory or write into another process.
//!
//! ## Why it is bad
//!
//! It runs machine code that no file holds.
//!
//! ## Innocent lookalikes
//!
//! Debuggers and emulators; their code runs when called.
//!
//! ## Bad
//!
//! ```python setup.py
//! import ctypes
//! p = ctypes.windll.kernel32.VirtualAlloc(0, 9, 0x3000, 0x40)
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! import mmap
//! m = mmap.mmap(-1, 4096, prot=7)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import ctypes
//! p = ctypes.windll.kernel32.GetTickCount()
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("memory-injection"),
    title: "loads code into memory",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Injection),
    weight: 1.4,
    check,
};

/// `PROT_EXEC`, where its number is written instead.
const EXECUTABLE: i64 = 4;

fn check(package: &Package<'_>, hits: &mut Hits) {
    const CALLS: [&str; 5] =
        ["VirtualAlloc", "WriteProcessMemory", "CreateRemoteThread", "NtAllocateVirtualMemory", "QueueUserAPC"];
    for (unit, call) in package.calls() {
        let access = call.kwargs.iter().find(|(name, _)| name == "prot").and_then(|(_, value)| value.as_int());
        let runs = access.is_some_and(|access| access & EXECUTABLE != 0);
        let is_mapped = call.callee == "mmap.mmap" && (runs || package.units().any(|unit| unit.text.contains("PROT_EXEC")));
        if is_mapped || call.api == Some(Api::Native) && CALLS.iter().any(|name| call.callee.contains(name)) {
            hits.call(unit, call, call.callee.clone());
        }
    }
}
