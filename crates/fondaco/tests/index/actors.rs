//! People with sessions, put into the database as a login would: so that what they may do can be tried
//! without going through it each time.

use fondaco_model::{
    Clock, OrganisationName, OrganisationRole, ProjectRole, Session, StaffRole, SystemClock, TeamName,
    Timestamp, TotpRecord, User, UserId, UserState,
};
use fondaco_pydist::Sha256;
use fondaco_store::Store;
use fondaco_testkit::{Answer, fetch};
use serde_json::Value;

use crate::house::House;

/// What a session is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With a second factor.
    Full,
    /// Without one, of somebody who needs none to log in.
    NoSecondFactor,
    /// Of somebody who has one, but not shown in this session: it was begun before they added it.
    NotShown,
    /// The second factor is still to be shown.
    Pending,
    /// Long ago logged in: the password counts as given no more.
    Stale,
}

/// The people of a house.
pub(crate) struct People {
    store: Store,
    runtime: tokio::runtime::Runtime,
}

/// A person who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Someone {
    pub(crate) id: UserId,
    pub(crate) name: String,
    /// The secret of their session.
    pub(crate) secret: String,
}

fn bits(name: &str, salt: u8) -> [u8; 10] {
    let digest = Sha256::of(format!("{name} {salt}").as_bytes()).to_string();
    let byte = |i: usize| u8::from_str_radix(&digest[2 * i..2 * i + 2], 16).unwrap();
    std::array::from_fn(byte)
}

impl People {
    pub(crate) fn of(house: &House) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let store = runtime.block_on(house.store());
        Self { store, runtime }
    }

    /// Somebody who is logged in with a second factor.
    pub(crate) fn add(&self, name: &str) -> Someone {
        self.add_as(name, None, Kind::Full)
    }

    pub(crate) fn add_as(&self, name: &str, staff: Option<StaffRole>, kind: Kind) -> Someone {
        let id = UserId::from_random(bits(name, 0));
        let user = User {
            id: id.clone(),
            name: name.parse().unwrap(),
            display_name: String::new(),
            staff,
            state: UserState::Active,
            made_at: SystemClock.now(),
        };
        let someone = Someone {
            id,
            name: name.to_owned(),
            secret: format!("fondaco-session-{}", "0a".repeat(8) + name),
        };
        let session = session(&someone, kind, SystemClock.now());
        self.runtime.block_on(async {
            let mut tx = self.store.begin().await.unwrap();
            tx.add_user(&user).await.unwrap();
            tx.add_session(&session).await.unwrap();
            let at = user.made_at;
            if session.factor_verified_at.is_some() || kind == Kind::NotShown {
                let totp = TotpRecord { user: user.id.clone(), made_at: at, last_step: 0, last_used_at: at };
                tx.set_totp(&session.id, &totp, &[7; 20]).await.unwrap();
            }
            if session.factor_verified_at.is_some() {
                tx.set_session_factor(&session.id, "totp", (at, session.reauthenticated_at)).await.unwrap();
            }
            tx.commit().await.unwrap();
        });
        someone
    }

    pub(crate) fn freeze(&self, someone: &Someone) {
        self.runtime.block_on(async {
            let mut tx = self.store.begin().await.unwrap();
            let user = tx.user(&someone.id).await.unwrap().unwrap();
            tx.set_user(&User { state: UserState::Frozen, ..user }).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    pub(crate) fn give(&self, project: &str, someone: &Someone, role: ProjectRole) {
        self.runtime.block_on(async {
            let mut tx = self.store.begin().await.unwrap();
            let project = project.parse().unwrap();
            tx.set_project_role(&project, &someone.id, Some(role), SystemClock.now()).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    /// An organisation with these members, to which a project belongs.
    pub(crate) fn organisation(&self, name: &str, project: &str, members: &[(&Someone, OrganisationRole)]) {
        self.runtime.block_on(async {
            let (name, at): (OrganisationName, _) = (name.parse().unwrap(), SystemClock.now());
            let mut tx = self.store.begin().await.unwrap();
            let made = fondaco_model::Organisation {
                name: name.clone(),
                display_name: name.to_string(),
                made_by: "test".to_owned(),
                made_at: at,
            };
            tx.add_organisation(&made).await.unwrap();
            for (member, role) in members {
                tx.set_member(&name, &member.id, Some(*role), at).await.unwrap();
            }
            tx.set_project_organisation(&project.parse().unwrap(), Some(&name), at).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    /// A member of an organisation that is there.
    pub(crate) fn member(&self, organisation: &str, someone: &Someone, role: OrganisationRole) {
        self.runtime.block_on(async {
            let mut tx = self.store.begin().await.unwrap();
            let organisation = organisation.parse().unwrap();
            tx.set_member(&organisation, &someone.id, Some(role), SystemClock.now()).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    /// Brings a project into an organisation, where it is not in it.
    pub(crate) fn bring(&self, project: &str, organisation: &str) {
        self.runtime.block_on(async {
            let (project, organisation) = (project.parse().unwrap(), organisation.parse().unwrap());
            let mut tx = self.store.begin().await.unwrap();
            if tx.holders(&project).await.unwrap().organisation.is_none() {
                tx.set_project_organisation(&project, Some(&organisation), SystemClock.now()).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
    }

    /// Somebody in a team of an organisation that has a role on a project.
    pub(crate) fn team(&self, name: &str, someone: &Someone, (project, role): (&str, ProjectRole)) {
        self.runtime.block_on(async {
            let name: TeamName = name.parse().unwrap();
            let mut tx = self.store.begin().await.unwrap();
            tx.add_team(&name, &name.organisation().unwrap(), "test", SystemClock.now()).await.unwrap();
            tx.add_to_team(&name, &someone.id, false).await.unwrap();
            tx.set_team_role(&project.parse().unwrap(), &name, Some(role)).await.unwrap();
            tx.commit().await.unwrap();
        });
    }
}

fn session(of: &Someone, kind: Kind, now: Timestamp) -> Session {
    let before = |minutes| now.checked_sub(jiff::SignedDuration::from_mins(minutes)).unwrap();
    Session {
        id: format!("s-{}", of.name),
        digest: Sha256::of(of.secret.as_bytes()),
        user: of.id.clone(),
        made_at: if kind == Kind::Stale { before(60) } else { now },
        last_seen_at: now,
        expires_at: now.checked_add(jiff::SignedDuration::from_hours(2)).unwrap(),
        reauthenticated_at: if kind == Kind::Stale { before(60) } else { now },
        pending: kind == Kind::Pending,
        factor_verified_at: matches!(kind, Kind::Full | Kind::Stale).then_some(now),
        address: "127.0.0.1".to_owned(),
        user_agent: "test".to_owned(),
        revoked_at: None,
    }
}

/// A request with a bearer, and JSON where `body` is not null.
pub(crate) fn send(
    house: &House,
    bearer: Option<&str>,
    (method, path): (&str, &str),
    body: &Value,
) -> Answer {
    let authorization = bearer.map(|secret| format!("Bearer {secret}"));
    let mut headers = vec![("Accept", "*/*")];
    headers.extend(authorization.iter().map(|value| ("Authorization", value.as_str())));
    let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    if !bytes.is_empty() {
        headers.push(("Content-Type", "application/json"));
    }
    fetch(method, &house.fondaco.url(path), &headers, &bytes).unwrap()
}

impl Someone {
    /// A request of theirs.
    pub(crate) fn ask(&self, house: &House, method: &str, path: &str, body: &Value) -> Answer {
        send(house, Some(&self.secret), (method, path), body)
    }

    /// One that has to end with this status.
    #[track_caller]
    pub(crate) fn gets(
        &self,
        house: &House,
        (method, path): (&str, &str),
        body: &Value,
        status: u16,
    ) -> Answer {
        let answer = self.ask(house, method, path, body);
        assert_eq!(answer.status, status, "{} {method} {path}: {}", self.name, answer.text());
        answer
    }
}
