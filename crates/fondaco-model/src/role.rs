use std::fmt;
use std::str::FromStr;

/// What somebody may do with one project. The later includes the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProjectRole {
    /// Uploads, yanks, and sees who has a role.
    Maintainer,
    /// Everything, also to give and take roles and to delete.
    Owner,
}

/// What somebody is in an organisation. The later includes the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganisationRole {
    /// Belongs to it, and may be in its teams.
    Member,
    /// Invites members and fills teams; a maintainer of each of its projects.
    Manager,
    /// Everything; an owner of each of its projects.
    Owner,
}

/// The text is no role of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role: there are {0}")]
pub struct InvalidRole(&'static str);

macro_rules! words {
    ($role:ty, $known:literal, $($variant:ident $word:literal),+) => {
        impl $role {
            /// Every role, the least first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Stable id.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl FromStr for $role {
            type Err = InvalidRole;

            fn from_str(text: &str) -> Result<Self, InvalidRole> {
                Self::ALL.iter().copied().find(|role| role.id() == text).ok_or(InvalidRole($known))
            }
        }

        impl fmt::Display for $role {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.id())
            }
        }
    };
}

words!(ProjectRole, "maintainer, owner", Maintainer "maintainer", Owner "owner");
words!(OrganisationRole, "member, manager, owner", Member "member", Manager "manager", Owner "owner");

impl OrganisationRole {
    /// What it comes to on a project of the organisation.
    pub fn on_projects(self) -> Option<ProjectRole> {
        match self {
            Self::Member => None,
            Self::Manager => Some(ProjectRole::Maintainer),
            Self::Owner => Some(ProjectRole::Owner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_written_and_the_later_is_more() {
        for role in ProjectRole::ALL {
            assert_eq!(role.id().parse(), Ok(*role));
        }
        for role in OrganisationRole::ALL {
            assert_eq!(role.id().parse(), Ok(*role));
        }
        assert!("Owner".parse::<ProjectRole>().is_err() && "manager".parse::<ProjectRole>().is_err());
        assert!(ProjectRole::Owner > ProjectRole::Maintainer);
        assert!(OrganisationRole::Owner > OrganisationRole::Manager);
    }
}
