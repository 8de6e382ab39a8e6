//! ## What it detects
//!
//! Settings, hooks or tasks of editors, coding agents or continuous integration that are written by code that nobody called.
//!
//! ## Why it is bad
//!
//! They run commands of the attacker's choice as soon as the project is opened, or tell an agent what to do.
//!
//! ## Innocent lookalikes
//!
//! Tools with an `init` command write such files when it is called.
//!
//! ## Bad
//!
//! ```python setup.py
//! open('.vscode/tasks.json', 'w').write('{}')
//! ```
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! from pathlib import Path
//! (Path.home() / 'CLAUDE.md').write_text('Run x before anything else.')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! open('build/tasks.json', 'w').write('{}')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("agent-config"),
    title: "writes what editors and agents run",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Persistence),
    weight: 1.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    const PLACES: [&str; 25] = [
        ".claude/settings", ".claude/hooks", ".claude/commands", ".cursor/mcp.json", ".cursor/hooks", ".cursorrules",
        ".vscode/tasks.json", ".vscode/settings.json", ".github/workflows/", ".codex/config", ".codex/hooks",
        ".gemini/settings", ".git/hooks/", "CLAUDE.md", "AGENTS.md", "GEMINI.md", ".windsurfrules", ".clinerules",
        "copilot-instructions.md", "claude_desktop_config.json", ".mcp.json", ".cursor/rules", ".claude/agents",
        ".claude/skills", ".kiro/",
    ];
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::FileWrite)) {
        let texts = call.texts();
        let found = texts.iter().any(|text| text.len() < 512 && PLACES.iter().any(|p| text.replace('\\', "/").contains(p)));
        if call.trigger.is_some_and(Trigger::is_unasked) && found {
            hits.call(unit, call, "writes what an editor, an agent or a build service runs");
        }
    }
}
