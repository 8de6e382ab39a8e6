//! ## What it detects
//!
//! A setup script that replaces a step of the installation in a package that has nothing to install.
//!
//! ## Why it is bad
//!
//! What such a step does is the only thing that the package is for.
//!
//! ## Innocent lookalikes
//!
//! Packages that were renamed tell it to whoever installs them, by failing.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- setup.py
//! from setuptools import setup
//! from setuptools.command.install import install
//! class Mine(install):
//!     def run(self):
//!         print('x')
//! setup(name='x', cmdclass={'install': Mine})
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

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hollow-command"),
    title: "replaces the installation of nothing",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::InstallExecution),
    weight: 0.72,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    if let Some((unit, line)) = package.install_hook()
        && package.is_hollow()
    {
        hits.line(unit, line, "replaces a step of the installation in a package that has nothing to install");
    }
}
