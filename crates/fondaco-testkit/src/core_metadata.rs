use std::fmt::Write;

use fondaco_pydist::ProjectName;

/// The fields that both builders write into `METADATA` or `PKG-INFO`.
#[derive(Debug, Clone)]
pub(crate) struct CoreMetadata {
    name: String,
    pub(crate) version: String,
    pub(crate) summary: String,
    pub(crate) requires_python: Option<String>,
    pub(crate) requires: Vec<String>,
}

impl CoreMetadata {
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            summary: "A thing to try things with.".to_owned(),
            requires_python: None,
            requires: Vec::new(),
        }
    }

    /// The name as file names and folders spell it.
    pub(crate) fn file_stem(&self) -> String {
        let name: ProjectName = self.name.parse().expect("a valid project name");
        name.as_dist_info_name()
    }

    pub(crate) fn text(&self) -> String {
        let Self { name, version, summary, .. } = self;
        let mut text =
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\n");
        let python = self.requires_python.iter().map(|value| ("Requires-Python", value));
        for (key, value) in python.chain(self.requires.iter().map(|value| ("Requires-Dist", value))) {
            // Writing to a string doesn't fail.
            let _ = writeln!(text, "{key}: {value}");
        }
        // What nearly every honest package says of itself: who made it, where, and what it is for.
        let _ = write!(
            text,
            "Author: The {name} developers\nAuthor-email: dev@{name}.example.invalid\nLicense: MIT\n\
             Project-URL: Homepage, https://{name}.example.invalid/\nDescription-Content-Type: text/markdown\n\n\
             # {name}\n\n{summary}\n\nInstall it, read the documentation and use it from your own code:\n\n\
             ```python\nimport {module}\n```\n\nIt is tested with every supported version of Python. Changes are \
             listed in the change log; questions and reports of problems are welcome.\n",
            module = name.replace('-', "_"),
        );
        text
    }
}
