use fondaco_pydist::{ProjectName, Sha256};
use jiff::Timestamp;

use crate::{Namespace, TeamName};

/// What a token may upload to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenScope {
    /// Every project, new ones included.
    Everything,
    /// What is named.
    Named {
        /// These projects.
        projects: Vec<ProjectName>,
        /// Every project in these namespaces.
        namespaces: Vec<Namespace>,
    },
}

impl TokenScope {
    /// Whether it names a project, by itself or by a namespace.
    pub fn names(&self, project: &ProjectName) -> bool {
        match self {
            Self::Everything => false,
            Self::Named { projects, namespaces } => {
                projects.contains(project) || namespaces.iter().any(|namespace| namespace.has(project))
            }
        }
    }
}

/// A token: for uploads, for reading, for managing the index. Of the secret itself only its digest is kept: it has 256 random bits, so a
/// slow hash would add nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id, which is no secret.
    pub id: String,
    /// What an operator calls it.
    pub label: String,
    /// Digest of the whole token.
    pub digest: Sha256,
    /// What it may upload to; what it may upload to it may read.
    pub scope: TokenScope,
    /// The teams that it belongs to, for reading.
    pub teams: Vec<TeamName>,
    /// Whether it may manage the index by the API, its switches for example.
    pub manages: bool,
    /// Who holds it, where an operator has said so: `user:ID`, or a name in small letters. Tokens of one
    /// holder are those of one person.
    pub holder: Option<String>,
    /// Who made it: `operator:NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it counts at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it may upload to a project.
    pub fn may_upload_to(&self, project: &ProjectName) -> bool {
        self.scope == TokenScope::Everything || self.scope.names(project)
    }

    /// Who acts by it, for the audit log.
    pub fn actor(&self) -> String {
        format!("token:{} {}", self.id, self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        let scope = TokenScope::Named {
            projects: vec!["one".parse().unwrap()],
            namespaces: vec!["acme".parse().unwrap()],
        };
        let names = |name: &str| scope.names(&name.parse().unwrap());
        assert!(names("One") && names("acme-x") && !names("two"));
        assert!(!TokenScope::Everything.names(&"one".parse().unwrap()));
    }
}
