//! Lists, for a person or a machine.

use serde::Serialize;

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line each, for a person
    #[default]
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Ndjson,
}

/// Prints a list; `line` makes a person's line of an item.
pub(crate) fn print<T: Serialize>(
    format: Format,
    items: &[T],
    line: impl Fn(&T) -> String,
) -> anyhow::Result<()> {
    match format {
        Format::Text => items.iter().for_each(|item| println!("{}", line(item))),
        Format::Json => println!("{}", serde_json::to_string_pretty(items)?),
        Format::Ndjson => {
            for item in items {
                println!("{}", serde_json::to_string(item)?);
            }
        }
    }
    Ok(())
}

/// An instant for a person: to the second.
pub(crate) fn short(instant: &str) -> String {
    instant.get(..19).unwrap_or(instant).replace('T', " ")
}
