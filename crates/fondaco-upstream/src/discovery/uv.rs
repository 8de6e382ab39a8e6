//! uv's configuration: the environment, then its user's and the system's `uv.toml`.

use std::path::{Path, PathBuf};

use super::{Found, Variable, home, index_url};

pub(super) fn configured(variable: Variable<'_>) -> Option<Found> {
    for name in ["UV_DEFAULT_INDEX", "UV_INDEX_URL"] {
        // `UV_DEFAULT_INDEX` may be `name=url`.
        let value = variable(name).unwrap_or_default();
        let url = value
            .split_once('=')
            .filter(|(name, _)| !name.contains(':'))
            .map_or(value.as_str(), |(_, url)| url);
        if let Some(url) = index_url(url) {
            return Some(Found { url, source: name.to_owned() });
        }
    }
    if variable("UV_NO_CONFIG").is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false")) {
        return None;
    }
    files(variable).iter().find_map(|file| from_file(file))
}

fn files(variable: Variable<'_>) -> Vec<PathBuf> {
    let user = variable("XDG_CONFIG_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| home(variable).map(|home| home.join(".config")));
    let system =
        variable("XDG_CONFIG_DIRS").filter(|dirs| !dirs.is_empty()).unwrap_or_else(|| "/etc/xdg".to_owned());
    let mut folders: Vec<PathBuf> = user.into_iter().collect();
    folders.extend(system.split(':').map(PathBuf::from));
    folders.push(PathBuf::from("/etc"));
    folders.into_iter().map(|folder| folder.join("uv").join("uv.toml")).collect()
}

fn from_file(path: &Path) -> Option<Found> {
    let text = std::fs::read_to_string(path).ok()?;
    let url = default_index(&text)?;
    Some(Found { url: index_url(&url)?, source: format!("uv's configuration ({})", path.display()) })
}

/// The default index of a `uv.toml`: `[[index]]` with `default = true`, or the older `index-url`.
fn default_index(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    let string = |value: &toml::Value| value.as_str().map(str::to_owned);
    let indexes = table.get("index").and_then(toml::Value::as_array);
    let default = indexes
        .into_iter()
        .flatten()
        .find(|index| index.get("default").and_then(toml::Value::as_bool).unwrap_or_default());
    default
        .and_then(|index| index.get("url").and_then(string))
        .or_else(|| table.get("index-url").and_then(string))
        .or_else(|| table.get("pip")?.get("index-url").and_then(string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_environment_and_the_file() {
        let variable =
            |name: &str| (name == "UV_DEFAULT_INDEX").then(|| "corp=http://index.example/simple".to_owned());
        assert_eq!(configured(&variable).unwrap().url.as_str(), "http://index.example/simple");
        let text =
            "[[index]]\nurl = 'https://a.example'\n[[index]]\nurl = 'https://b.example'\ndefault = true\n";
        assert_eq!(default_index(text).unwrap(), "https://b.example");
        assert_eq!(default_index("index-url = 'https://c.example'").unwrap(), "https://c.example");
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("uv")).unwrap();
        std::fs::write(folder.path().join("uv/uv.toml"), text).unwrap();
        let config = folder.path().display().to_string();
        let variable = |name: &str| (name == "XDG_CONFIG_HOME").then(|| config.clone());
        assert_eq!(configured(&variable).unwrap().url.as_str(), "https://b.example/");
    }
}
