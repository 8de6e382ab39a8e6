//! ## What it detects
//!
//! A small package that can act on the machine, or holds nothing, and of which next to nothing says who stands for
//! it: no address, no licence, no description, nothing that it builds on, no word in its code. How much it counts grows with how
//! many such signs come together; the finding lists them. It doesn't count for a file that has been
//! public for 90 days, nor for a project of which a person has allowed a file or a harmless release is here.
//!
//! ## Why it is bad
//!
//! Attackers take names in great numbers and make as little as will do: of the packages that were removed for malware
//! nine in ten of the open families are made like this, of 358 honest archives four at most.
//!
//! ## Innocent lookalikes
//!
//! First tries, and private tools that were never meant for others. An address with the project's name in it, a
//! licence and some lines of description tell them apart: where address, licence, a summary of four words and a description
//! of 200 characters are all there, nothing is found. So does whoever suppresses the rule for a project of their own.
//!
//! ## Bad
//!
//! ```package colourkit2-0.1.tar.gz
//! Name: colourkit2
//! Version: 0.1
//! --- setup.py
//! from setuptools import setup
//! setup(name='colourkit2')
//! --- colourkit2.py
//! import os, platform, subprocess
//! def start(name):
//!     return subprocess.run([name, platform.node()])
//! ```
//!
//! ## Good
//!
//! ```package colourkit-1.3.tar.gz
//! Name: colourkit
//! Version: 1.3
//! Author: Ada Lovelace
//! Summary: Starts a program with the name of this machine
//! Home-page: https://code.example.invalid/ada/colourkit
//! License: MIT
//! Requires-Python: >=3.9
//! --- setup.py
//! from setuptools import setup
//! setup(name='colourkit')
//! --- colourkit.py
//! import os, platform, subprocess
//! def start(name):
//!     return subprocess.run([name, platform.node()])
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::credibility::{SIGNS, credibility, evidence, sign_weight};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("low-credibility"),
    title: "made like what is thrown away",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    if package.established {
        return;
    }
    let Some(credibility) = credibility(package) else { return };
    let weight = evidence(&credibility.signs, credibility.doubt);
    if weight > 0.0 {
        let shown = SIGNS.iter().filter(|sign| credibility.signs.contains(&sign.id));
        let against: Vec<&str> = shown.filter(|sign| sign_weight(sign.id) > 0.0).map(|sign| sign.says).collect();
        hits.graded(weight, format!("it {}", against.join(", ")));
    }
}
