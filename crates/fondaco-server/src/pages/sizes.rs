//! Sizes of files whose page does not give them: HTML pages have none, and PEP 700 wants one.

use std::collections::HashMap;
use std::time::Duration;

use fondaco_pydist::ProjectName;
use fondaco_upstream::{UpstreamClient, UpstreamError};
use futures_util::{StreamExt, stream};

use super::CurrentPage;
use crate::app::App;
use crate::layers::Source;
use crate::trouble::Trouble;

/// Questions at a time.
const AT_A_TIME: usize = 8;
/// Time for all of them, with the page's own less than any client waits; what is left over is asked
/// when the page is next refreshed.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks upstream for the sizes that neither the page nor the store knows. Without them the listing
/// is still good, so a failure is for the log.
pub(super) async fn learn(app: &App, (source, project): (&Source, &ProjectName), current: &CurrentPage) {
    if let Err(error) = ask_all(app, (source, project), current).await {
        tracing::error!(%project, %error, "sizes could not be written down");
    }
}

async fn ask_all(
    app: &App,
    (source, project): (&Source, &ProjectName),
    current: &CurrentPage,
) -> Result<(), Trouble> {
    let listed = current.files().iter().filter(|file| file.size.is_none());
    let mut wanted: HashMap<&str, &str> =
        listed.map(|file| (file.file_name.as_str(), file.url.as_str())).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    for record in app.parts.store.files(&source.name, project).await? {
        if record.size.is_some() {
            wanted.remove(record.key.file_name.as_str());
        }
    }
    let questions: Vec<_> = wanted
        .into_iter()
        .map(|(name, url)| ask(source.client.clone(), name.to_owned(), url.to_owned()))
        .collect();
    let answers = stream::iter(questions).buffer_unordered(AT_A_TIME);
    let answers: Vec<_> = answers.take_until(tokio::time::sleep(PATIENCE)).collect().await;
    let mut tx = app.parts.store.begin().await?;
    for (file_name, answer) in &answers {
        match answer {
            Ok(Some(size)) => tx.set_size(&source.key(project, file_name), *size).await?,
            Ok(None) => {
                tracing::debug!(%project, file = file_name, "upstream does not say how large it is");
            }
            Err(error) => tracing::debug!(%project, file = file_name, %error, "its size is unknown"),
        }
    }
    tx.commit().await?;
    app.views.remove(project);
    Ok(())
}

async fn ask(
    client: UpstreamClient,
    file_name: String,
    url: String,
) -> (String, Result<Option<u64>, UpstreamError>) {
    let answer = client.size(&url).await;
    (file_name, answer)
}
