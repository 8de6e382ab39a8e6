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

fn check(package: &Package<'_>, hits: &mut Hits) {
    const CALLS: [&str; 5] =
        ["VirtualAlloc", "WriteProcessMemory", "CreateRemoteThread", "NtAllocateVirtualMemory", "QueueUserAPC"];
    for (unit, call) in package.calls() {
        let is_mapped = call.callee == "mmap.mmap" && package.units().any(|unit| unit.text.contains("PROT_EXEC"));
        if is_mapped || call.api == Some(Api::Native) && CALLS.iter().any(|name| call.callee.contains(name)) {
            hits.call(unit, call, call.callee.clone());
        }
    }
}
