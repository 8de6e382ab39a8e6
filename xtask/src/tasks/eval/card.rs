//! The figures of the model card, put between the marks in docs/detection.md.

use anyhow::Context as _;

use super::crossval::Fitted;
use super::figures::Figures;
use super::{Outcome, rule_table};
use crate::tasks::root;

const BEGIN: &str = "<!-- figures: written by `cargo xtask eval --card` -->\n";
const END: &str = "<!-- end of figures -->";

/// Replaces the figures of the model card by those at hand.
pub(crate) fn write(outcomes: &[Outcome], figures: &Figures, fitted: &Fitted) -> anyhow::Result<()> {
    let path = root().join("docs/detection.md");
    let card = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (head, rest) = card.split_once(BEGIN).context("the model card has no mark for its figures")?;
    let (_, tail) = rest.split_once(END).context("the figures of the model card have no end")?;
    let text = format!(
        "{head}{BEGIN}\n```text\n{}```\n\nCross-validated, weights fitted without the fold that is counted:\n\n\
         ```text\n{}```\n\nRules, open families and open benign archives that each hits:\n\n```text\n{}```\n\n{END}{tail}",
        figures.table(),
        fitted.table,
        rule_table::text(outcomes)
    );
    let plain: Vec<&str> = text.lines().map(str::trim_end).collect();
    std::fs::write(&path, plain.join("\n") + "\n")?;
    println!("wrote {}", path.display());
    Ok(())
}
