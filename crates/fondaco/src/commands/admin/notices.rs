//! `fondaco admin notices`: what was to be told lately; and a test.

use fondaco_model::{Clock, Notice, NoticeKind, SystemClock, rfc3339};
use fondaco_store::Store;
use serde_json::json;

use super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Send a notice to every endpoint, to see whether it arrives
    #[arg(long)]
    test: bool,
    /// How many to print, newest first
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        self.test
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    if args.test {
        let text = format!("a test by {}", super::actor());
        let mut tx = store.begin().await?;
        tx.add_notice(&Notice::new(NoticeKind::Test, "test", text, SystemClock.now())).await?;
        tx.commit().await?;
        println!("on its way: the server's log tells what does not arrive");
        return Ok(());
    }
    let notices = store.notices(args.limit).await?;
    let shown: Vec<_> = notices
        .iter()
        .map(|one| {
            let at = rfc3339(one.made_at);
            json!({"id": one.id, "kind": one.kind.id(), "subject": one.subject, "text": one.text, "made_at": at})
        })
        .collect();
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    print(args.format, &shown, |one| {
        format!(
            "{}  {}  {}  {}",
            short(&text(one, "made_at")),
            text(one, "kind"),
            text(one, "subject"),
            text(one, "text")
        )
    })
}
