//! ## What it detects
//!
//! A setting that runs a command without being asked: when a folder is opened in an editor, when a coding agent starts,
//! when node installs the package.
//!
//! ## Why it is bad
//!
//! It isn't by itself: for information, since no Python mentions it. `setting-attack` judges the command.
//!
//! ## Innocent lookalikes
//!
//! Projects that start their own watcher in the editor, and packages that carry a web application along.
//!
//! ## Bad
//!
//! ```member x/.vscode/tasks.json
//! {"tasks": [{"command": "make watch", "runOptions": {"runOn": "folderOpen"}}]}
//! ```
//!
//! ## Good
//!
//! ```member x/.vscode/tasks.json
//! {"tasks": [{"command": "make test"}]}
//! ```

use fondaco_members::SettingUse;
use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("setting-runs"),
    title: "a setting that runs by itself",
    severity: Severity::Info,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let runs = |does| matches!(does, SettingUse::RunsWhenOpened | SettingUse::RunsAtBuild);
    for setting in package.members.settings.iter().filter(|setting| runs(setting.does)) {
        let message = format!("{} runs a command", setting.key);
        hits.text(&setting.member, (setting.line, &setting.text), None, message);
    }
}
