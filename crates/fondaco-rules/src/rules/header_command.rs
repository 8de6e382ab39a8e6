//! ## What it detects
//!
//! A command or code that is taken from a header of a request to a web application.
//!
//! ## Why it is bad
//!
//! It is a back door: whoever knows the name of the header runs commands where the application runs. Middleware is where such are put.
//!
//! ## Innocent lookalikes
//!
//! Administration pages run commands that stand in their source, and take a name or a number from a form.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import subprocess
//! from flask import request
//! def guard(app):
//!     @app.before_request
//!     def check():
//!         command = request.headers.get('X-Trace')
//!         if command:
//!             return subprocess.getoutput(command)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import subprocess
//! from flask import request
//! def count(app):
//!     @app.get('/count')
//!     def lines():
//!         if request.headers.get('X-Token') == app.config['TOKEN']:
//!             return subprocess.getoutput('wc -l data.txt')
//! ```

use fondaco_python::{Api, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("header-command"),
    title: "runs what a header of a request says",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 2.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| matches!(call.api, Some(Api::Shell | Api::CodeExec))) {
        let by_page = || call.api == Some(Api::Shell) && call.args.first().is_some_and(is_parameter);
        if call.callee != "builtins.compile" && call.args.first().is_some_and(is_header) || by_page() {
            hits.call(unit, call, format!("{} of what a request says", call.callee));
        }
    }
}

/// Whether a value is what a header of a request holds, by the names of frameworks.
fn is_header(value: &Value) -> bool {
    const ENDS: [&str; 6] = [".headers.get()", ".META.get()", ".headers", ".cookies.get()", ".COOKIES.get()", ".cookies"];
    ends(value, &ENDS)
}

/// Whether a whole command is one parameter of a page.
fn is_parameter(value: &Value) -> bool {
    const ENDS: [&str; 5] = [".args.get()", ".form.get()", ".GET.get()", ".POST.get()", "request.get_json().get()"];
    ends(value, &ENDS)
}

/// Whether a value is what has one of these names, or a part of it.
fn ends(value: &Value, ends: &[&str]) -> bool {
    const PARTS: [&str; 7] = [".split()", ".strip()", ".decode()", ".encode()", ".partition()", ".removeprefix()", ".replace()"];
    let Some(mut name) = value.name.as_deref().filter(|_| value.constant.is_none()) else { return false };
    while let Some(above) = PARTS.iter().find_map(|part| name.strip_suffix(part)) {
        name = above;
    }
    ends.iter().any(|end| name.ends_with(end))
}
