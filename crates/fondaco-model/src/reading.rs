use std::collections::{BTreeMap, BTreeSet};

use fondaco_pydist::ProjectName;

use crate::{Namespace, TeamName, Token, UpstreamName};

/// Who may read something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Audience {
    /// Whoever comes.
    #[default]
    Anyone,
    /// Whoever has a token that is in force.
    AnyToken,
    /// Whoever has a token of one of these teams, or belongs to one.
    Teams(Vec<TeamName>),
}

impl Audience {
    /// Whether somebody with this token, or with none, is one of them.
    pub fn has(&self, token: Option<&Token>) -> bool {
        match (self, token) {
            (Self::Anyone, _) | (Self::AnyToken, Some(_)) => true,
            (Self::AnyToken | Self::Teams(_), None) => false,
            (Self::Teams(teams), Some(token)) => token.teams.iter().any(|team| teams.contains(team)),
        }
    }

    /// Whether a person of these teams, who is logged in, is one of them. An account is no token: where
    /// people may register, everybody can have one.
    pub fn has_person(&self, of: &BTreeSet<TeamName>) -> bool {
        match self {
            Self::Anyone => true,
            Self::AnyToken => false,
            Self::Teams(teams) => teams.iter().any(|team| of.contains(team)),
        }
    }
}

/// What a rule is about, in whatever layer it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadingScope {
    /// One project.
    Project(ProjectName),
    /// Every name in a namespace, whether there is such a project or not.
    Namespace(Namespace),
}

/// Who may read what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Who may read what nothing else here is about.
    pub otherwise: Audience,
    /// Who may read a layer: our own projects, or those of one upstream.
    pub layers: BTreeMap<UpstreamName, Audience>,
    /// Who may read single projects and namespaces; the first that matches counts, above layers.
    pub rules: Vec<(ReadingScope, Audience)>,
}

impl Reading {
    /// Who may read a project of a layer.
    pub fn audience(&self, layer: &UpstreamName, project: &ProjectName) -> &Audience {
        let has = |scope: &ReadingScope| match scope {
            ReadingScope::Project(name) => name == project,
            ReadingScope::Namespace(namespace) => namespace.has(project),
        };
        self.first(layer, has)
    }

    /// Who may read a project of a layer, if nothing were said of this one project: the same for
    /// every name that could be meant, existing or not.
    pub fn audience_of_any(&self, layer: &UpstreamName, name: &ProjectName) -> &Audience {
        let has =
            |scope: &ReadingScope| matches!(scope, ReadingScope::Namespace(namespace) if namespace.has(name));
        self.first(layer, has)
    }

    fn first(&self, layer: &UpstreamName, has: impl Fn(&ReadingScope) -> bool) -> &Audience {
        let ruled = self.rules.iter().find(|(scope, _)| has(scope)).map(|(_, audience)| audience);
        ruled.or_else(|| self.layers.get(layer)).unwrap_or(&self.otherwise)
    }

    /// Whether everybody may read everything.
    pub fn is_open(&self) -> bool {
        self.audiences().all(|audience| *audience == Audience::Anyone)
    }

    /// Whether nothing can be read without a token.
    pub fn is_closed(&self) -> bool {
        self.audiences().all(|audience| *audience != Audience::Anyone)
    }

    fn audiences(&self) -> impl Iterator<Item = &Audience> {
        let ruled = self.rules.iter().map(|(_, audience)| audience);
        std::iter::once(&self.otherwise).chain(self.layers.values()).chain(ruled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_stands_above_its_layer_and_what_is_said_of_one_name_is_not_said_of_any() {
        let teams = |name: &str| Audience::Teams(vec![name.parse().unwrap()]);
        let reading = Reading {
            otherwise: Audience::Anyone,
            layers: [(UpstreamName::own(), Audience::AnyToken)].into(),
            rules: vec![
                (ReadingScope::Project("acme-open".parse().unwrap()), Audience::Anyone),
                (ReadingScope::Namespace("acme".parse().unwrap()), teams("acme")),
                (ReadingScope::Project("payroll".parse().unwrap()), teams("finance")),
            ],
        };
        let (own, upstream) = (UpstreamName::own(), UpstreamName::default_upstream());
        let of = |layer: &UpstreamName, name: &str| reading.audience(layer, &name.parse().unwrap()).clone();
        assert_eq!(of(&own, "tools"), Audience::AnyToken);
        assert_eq!(of(&upstream, "tools"), Audience::Anyone);
        assert_eq!(of(&upstream, "payroll"), teams("finance"));
        assert_eq!(of(&own, "Acme_Open"), Audience::Anyone);
        assert_eq!(of(&own, "acme-x"), teams("acme"));
        let any = |name: &str| reading.audience_of_any(&upstream, &name.parse().unwrap()).clone();
        assert_eq!((any("payroll"), any("acme-open")), (Audience::Anyone, teams("acme")));
        assert!(!reading.is_open() && !reading.is_closed());
        assert!(Reading::default().is_open());
        assert!(Reading { otherwise: Audience::AnyToken, ..Reading::default() }.is_closed());
    }
}
