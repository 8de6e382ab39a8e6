//! ## What it detects
//!
//! A setup script that runs commands, uses the network, decodes or executes code in a package that has nothing to
//! install.
//!
//! ## Why it is bad
//!
//! Where nothing is installed, the installation script is the product. Most attacks of the last years that run on
//! installation come in a package of a few lines.
//!
//! ## Innocent lookalikes
//!
//! A package that builds or fetches a library has sources, data or a library in it. A metapackage has no reason to act.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- setup.py
//! import os
//! os.system('whoami')
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- setup.py
//! from setuptools import setup
//! setup(name='x', install_requires=['y'])
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- setup.py
//! import subprocess
//! from setuptools import setup
//! setup(name='x', version=subprocess.check_output(['git', 'describe', '--tags']).decode())
//! --- x/__init__.py
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::contents::is_release_step;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hollow-hook"),
    title: "acts while it installs nothing",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::InstallExecution),
    weight: 1.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    if !package.is_hollow() {
        return;
    }
    let hooks = package.acts().filter(|(_, call)| call.trigger == Some(Trigger::Install));
    for (unit, call) in hooks.filter(|(_, call)| !is_release_step(call)) {
        hits.call(unit, call, format!("{} in a package that has nothing to install", call.callee));
    }
}
