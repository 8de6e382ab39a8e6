//! pip is asked, not imitated: its configuration has many places and its own precedence.

use std::path::PathBuf;

use tokio::process::Command;

use super::{Found, PATIENCE, Variable, index_url};

/// The index that pip is configured with.
pub(super) async fn configured(variable: Variable<'_>) -> Option<Found> {
    if let Some(url) = variable("PIP_INDEX_URL").as_deref().and_then(index_url) {
        return Some(Found { url, source: "PIP_INDEX_URL".to_owned() });
    }
    let url = setting(&configuration().await?, "index-url")?;
    Some(Found { url: index_url(&url)?, source: "pip's configuration".to_owned() })
}

/// The default that pip itself ships.
pub(super) async fn shipped() -> Option<Found> {
    let code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)";
    let url = python(&["-c", code]).await?;
    Some(Found { url: index_url(&url)?, source: "pip's own default".to_owned() })
}

/// The file of certificates that pip is told to trust (`cert`).
pub async fn certificates(variable: Variable<'_>) -> Option<PathBuf> {
    if let Some(path) = variable("PIP_CERT").filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path));
    }
    setting(&configuration().await?, "cert").map(PathBuf::from)
}

async fn configuration() -> Option<String> {
    python(&["-m", "pip", "--disable-pip-version-check", "config", "list"]).await
}

async fn python(args: &[&str]) -> Option<String> {
    for program in ["python3", "python"] {
        let asked = Command::new(program).args(args).kill_on_drop(true).output();
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(output)) if output.status.success() => {
                return Some(String::from_utf8_lossy(&output.stdout).into_owned());
            }
            Ok(Ok(_)) => tracing::debug!(program, "pip can't be asked: it failed"),
            Ok(Err(error)) => tracing::debug!(program, %error, "pip can't be asked"),
            Err(_) => tracing::warn!(program, "pip did not answer in time"),
        }
    }
    None
}

/// A setting in the output of `pip config list`, lines of the form `section.name='value'`. For an
/// install the environment comes before the command's own section, and that before `global`.
fn setting(listing: &str, name: &str) -> Option<String> {
    let of_section = |section: &str| {
        listing.lines().find_map(|line| {
            let value =
                line.strip_prefix(section)?.strip_prefix('.')?.strip_prefix(name)?.strip_prefix('=')?;
            Some(value.trim_matches(['\'', '"']).to_owned())
        })
    };
    [":env:", "install", "global"]
        .iter()
        .find_map(|section| of_section(section))
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_listing_in_pips_own_order() {
        let listing = "global.index-url='https://index.example/simple'\n:env:.timeout='3'\n\
                       install.index-url='https://other.example/simple'\nglobal.cert='/etc/ca.pem'\n";
        assert_eq!(setting(listing, "index-url").unwrap(), "https://other.example/simple");
        assert_eq!(setting(listing, "cert").unwrap(), "/etc/ca.pem");
        assert_eq!(setting(listing, "index"), None);
    }

    #[tokio::test]
    async fn the_environment_comes_first() {
        let variable =
            |name: &str| (name == "PIP_INDEX_URL").then(|| "http://index.example/simple/".to_owned());
        let found = configured(&variable).await.unwrap();
        assert_eq!(
            (found.url.as_str(), found.source.as_str()),
            ("http://index.example/simple/", "PIP_INDEX_URL")
        );
    }
}
