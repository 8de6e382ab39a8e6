//! Somebody with an account, a second factor and a session, put into the database as they would be after
//! registering and logging in.

use fondaco_model::{Clock, Email, Session, StaffRole, SystemClock, TotpRecord, User, UserId, UserState};
use fondaco_pydist::Sha256;
use fondaco_store::{SEEN_WITHIN, Store};
use fondaco_testkit::{Answer, fetch};
use serde_json::Value;

use crate::house::House;

/// Somebody who is logged in.
pub(crate) struct Somebody {
    pub(crate) user: User,
    secret: String,
    url: String,
}

impl Somebody {
    /// Somebody who has just given their password and shown their second factor.
    pub(crate) fn new(house: &House, name: &str) -> Self {
        Self::made(house, name, true)
    }

    /// Somebody without any second factor.
    pub(crate) fn without_factor(house: &House, name: &str) -> Self {
        Self::made(house, name, false)
    }

    fn made(house: &House, name: &str, factor: bool) -> Self {
        let mut bits = [0; 10];
        for (bit, byte) in bits.iter_mut().zip(name.bytes()) {
            *bit = byte;
        }
        let now = SystemClock.now();
        let user = User {
            id: UserId::from_random(bits),
            name: name.parse().unwrap(),
            display_name: String::new(),
            staff: None::<StaffRole>,
            state: UserState::Active,
            made_at: now,
        };
        let secret = format!("fondaco-session-{name}-0123456789abcdef0123456789abcdef");
        let session = Session {
            id: format!("session-{name}"),
            digest: Sha256::of(secret.as_bytes()),
            user: user.id.clone(),
            made_at: now,
            last_seen_at: now,
            expires_at: now + std::time::Duration::from_secs(3600),
            reauthenticated_at: now,
            pending: false,
            factor_verified_at: factor.then_some(now),
            address: "127.0.0.1".to_owned(),
            user_agent: String::new(),
            revoked_at: None,
        };
        change(house, async |store| {
            let mut tx = store.begin().await.unwrap();
            tx.add_user(&user).await.unwrap();
            let address = format!("{name}@index.example").parse().unwrap();
            let email = Email { address, primary: true, added_at: now, verified_at: Some(now) };
            assert!(tx.add_email(&user.id, &email).await.unwrap());
            tx.add_session(&session).await.unwrap();
            if factor {
                let totp =
                    TotpRecord { user: user.id.clone(), made_at: now, last_step: 0, last_used_at: now };
                tx.set_totp(&session.id, &totp, &[7; 20]).await.unwrap();
                tx.set_session_factor(&session.id, "totp", (now, now)).await.unwrap();
            }
            tx.commit().await.unwrap();
        });
        Self { user, secret, url: house.fondaco.url("") }
    }

    /// The secret of their session.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// A request in their session.
    pub(crate) fn api(&self, method: &str, path: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {}", self.secret);
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        fetch(method, &format!("{}{path}", self.url), &headers, body.as_bytes()).unwrap()
    }

    /// A form of a page, sent in their session.
    pub(crate) fn form(&self, path: &str, body: &str) -> Answer {
        let authorization = format!("Bearer {}", self.secret);
        let kind = "application/x-www-form-urlencoded";
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", kind)];
        fetch("POST", &format!("{}{path}", self.url), &headers, body.as_bytes()).unwrap()
    }

    /// A token of theirs.
    #[track_caller]
    pub(crate) fn token(&self, order: &Value) -> (String, String) {
        let answer = self.api("POST", "/api/v1/tokens", order);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let given = answer.json();
        (given["id"].as_str().unwrap().to_owned(), given["token"].as_str().unwrap().to_owned())
    }
}

/// Changes the records of a house as another process would, and waits until its server has seen it.
pub(crate) fn change(house: &House, work: impl AsyncFnOnce(&Store)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = house.store().await;
        work(&store).await;
        store.close().await;
        tokio::time::sleep(SEEN_WITHIN).await;
    });
}
