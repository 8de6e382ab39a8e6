//! An upstream and a Fondaco before it.

use fondaco_store::{Database, Store};
use fondaco_testkit::{Bucket, Dist, Fondaco, Upstream, Wheel};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_fondaco");
pub(crate) const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// An upstream and a Fondaco before it, which asks for pages each time.
pub(crate) struct House {
    pub(crate) upstream: Upstream,
    pub(crate) fondaco: Fondaco,
    pub(crate) data: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with_config("")
    }

    /// With more in its configuration.
    pub(crate) fn with_config(more: &str) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), more)
    }

    /// Its records in this database of PostgreSQL.
    pub(crate) fn on_postgres(database: &str) -> Self {
        Self::stored(tempfile::tempdir().unwrap(), &format!("database = {database:?}\n"), "", &[])
    }

    /// Its files in a bucket, which is reached on `port`.
    pub(crate) fn on_bucket(bucket: &Bucket, port: u16) -> Self {
        let blobs = format!("blobs = {:?}\n", bucket.url());
        Self::stored(tempfile::tempdir().unwrap(), &blobs, "", &bucket.env(port))
    }

    /// With more in its configuration, and in the environment of its server.
    pub(crate) fn with_env(more: &str, name: &str, value: &str) -> Self {
        Self::stored(tempfile::tempdir().unwrap(), "", more, &[(name.to_owned(), value.to_owned())])
    }

    /// In this folder, with more in its configuration.
    pub(crate) fn in_folder(data: TempDir, more: &str) -> Self {
        Self::stored(data, "", more, &[])
    }

    fn stored(data: TempDir, storage: &str, more: &str, env: &[(String, String)]) -> Self {
        let upstream = Upstream::new();
        // The testkit's upstream serves its files itself; other ports of this machine stay forbidden.
        let config = format!("{storage}[upstream]\npage_ttl = 0\n{more}");
        std::fs::write(data.path().join("fondaco.toml"), config).unwrap();
        let env: Vec<(&str, &str)> =
            env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let args = ["--upstream", &upstream.index_url()];
        let fondaco = Fondaco::start_with_env(BIN, data.path(), &args, &env);
        Self { upstream, fondaco, data }
    }

    /// One that holds every file that says `HOLD-ME`, by a rule of the operator's own, whatever the
    /// weights of ours are.
    pub(crate) fn holding() -> Self {
        Self::holding_with("")
    }

    /// The same, with more in its configuration.
    pub(crate) fn holding_with(more: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("rules")).unwrap();
        let rule = "rule held { strings: $a = \"HOLD-ME\" condition: $a }\n";
        std::fs::write(data.path().join("rules/held.yar"), rule).unwrap();
        Self::in_folder(data, &format!("[inspect]\nyara = ['rules']\n[breaker]\nmode = 'off'\n{more}"))
    }

    /// Its database, opened as another process would that has the keys.
    pub(crate) async fn store(&self) -> Store {
        let keys = std::fs::read_to_string(self.data.path().join("secrets.key")).unwrap();
        let database = Database::File(self.data.path().join("fondaco.db"));
        Store::open(&database).await.unwrap().with_keys(keys.parse().unwrap())
    }

    /// The same data folder, served anew.
    pub(crate) fn restarted(self) -> Self {
        self.fondaco.stop();
        let fondaco = self.fondaco.again();
        Self { fondaco, ..self }
    }

    /// A project's listing as JSON.
    pub(crate) fn listing(&self, project: &str) -> Value {
        let answer = self.fondaco.get(&format!("/simple/{project}/"), &[("Accept", JSON)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// One file of a listing.
    pub(crate) fn listed(&self, project: &str, file_name: &str) -> Value {
        let listing = self.listing(project);
        let files = listing["files"].as_array().unwrap();
        files
            .iter()
            .find(|file| file["filename"] == file_name)
            .unwrap_or_else(|| panic!("{listing:#}"))
            .clone()
    }

    /// The kinds of the journal's entries about a file.
    pub(crate) fn journal_of(&self, file_name: &str) -> Vec<String> {
        let of = |entry: &Value| entry["file_name"] == file_name;
        let kind = |entry: Value| entry["kind"].as_str().unwrap().to_owned();
        self.fondaco.journal().into_iter().filter(of).map(kind).collect()
    }
}

/// The path of a file on the index.
pub(crate) fn path(project: &str, dist: &Dist) -> String {
    format!("/files/default/{project}/{}", dist.file_name)
}

/// An innocent wheel.
pub(crate) fn wheel(name: &str, version: &str) -> Dist {
    let module = name.replace('-', "_");
    Wheel::new(name, version).file(&format!("{module}/__init__.py"), "VALUE = 1\n").build()
}
