use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use fondaco_model::{ReadingScope, UpstreamName};
use serde::Deserialize;

/// `[reading]`: who may read what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reading {
    /// Who may read what nothing else is said of.
    pub(crate) otherwise: Audience,
    /// Who may read a layer: `own`, `default`, or another upstream by its name.
    pub(crate) layers: BTreeMap<String, Audience>,
    /// Who may read single projects and namespaces; the first that matches counts.
    pub(crate) rules: Vec<ReadingRule>,
}

/// `[[reading.rules]]`: who may read some projects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadingRule {
    /// These projects.
    #[serde(default)]
    pub(crate) projects: Vec<String>,
    /// And those in these namespaces.
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
    /// Who may read them.
    pub(crate) readers: Audience,
}

/// `"anyone"`, `"any-token"`, or teams.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    /// A word.
    Word(Word),
    /// Teams, by their names.
    Teams(Vec<String>),
}

/// A word for an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Word {
    /// Whoever comes.
    Anyone,
    /// Whoever has a token in force.
    AnyToken,
}

impl Default for Audience {
    fn default() -> Self {
        Self::Word(Word::Anyone)
    }
}

impl Audience {
    fn read(&self) -> anyhow::Result<fondaco_model::Audience> {
        Ok(match self {
            Self::Word(Word::Anyone) => fondaco_model::Audience::Anyone,
            Self::Word(Word::AnyToken) => fondaco_model::Audience::AnyToken,
            Self::Teams(names) => {
                ensure!(!names.is_empty(), "[reading]: a list of readers names no team");
                let team = |name: &String| name.parse().with_context(|| format!("[reading]: {name:?}"));
                fondaco_model::Audience::Teams(names.iter().map(team).collect::<anyhow::Result<_>>()?)
            }
        })
    }
}

impl Reading {
    /// As the index understands it; `known` are the layers that there are.
    pub(crate) fn read(&self, known: &[String]) -> anyhow::Result<fondaco_model::Reading> {
        let mut layers = BTreeMap::new();
        for (name, audience) in &self.layers {
            if !known.contains(name) {
                // Misspelt, it would leave open what is to be closed.
                bail!("[reading.layers]: there is no layer {name:?}\nhint: there are {}", known.join(", "));
            }
            let layer: UpstreamName = name.parse().with_context(|| format!("[reading.layers]: {name:?}"))?;
            layers.insert(layer, audience.read()?);
        }
        let mut rules = Vec::new();
        for rule in &self.rules {
            let what = |name: &str| format!("[[reading.rules]]: {name:?}");
            ensure!(
                !rule.projects.is_empty() || !rule.prefixes.is_empty(),
                "[[reading.rules]]: a rule names no project and no prefix"
            );
            let audience = rule.readers.read()?;
            for name in &rule.projects {
                let project = name.parse().with_context(|| what(name))?;
                rules.push((ReadingScope::Project(project), audience.clone()));
            }
            for prefix in &rule.prefixes {
                let namespace = prefix.parse().with_context(|| what(prefix))?;
                rules.push((ReadingScope::Namespace(namespace), audience.clone()));
            }
        }
        Ok(fondaco_model::Reading { otherwise: self.otherwise.read()?, layers, rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<fondaco_model::Reading> {
        let reading: Reading = toml::from_str(text)?;
        reading.read(&["own".to_owned(), "default".to_owned()])
    }

    #[test]
    fn what_is_misspelt_leaves_nothing_open() {
        assert!(read("").unwrap().is_open());
        assert!(read("otherwise = 'any-token'").unwrap().is_closed());
        for wrong in [
            "otherwise = 'token'",
            "othrwise = 'any-token'",
            "layers.owned = 'any-token'",
            "layers.own = []",
            "layers.own = ['Team One']",
            "[[rules]]\nreaders = ['a']",
            "[[rules]]\nprojects = ['x y']\nreaders = ['a']",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
