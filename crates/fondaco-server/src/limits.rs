//! How much one client may ask for: leaky buckets (GCRA), one per class and client, in memory of a fixed
//! size, so that a flood of addresses pushes out its own. Each replica counts for itself.
//!
//! A client is an address before anything is known of it, and besides the token and the person behind it
//! once these are: several tokens and sessions of one person share what that person has.
//!
//! The limits are wide: a build farm behind one address asks for tens of thousands of pages at once and
//! is served, since a page from memory costs some 20 µs. What they are for is a client that has gone
//! wild, and guessing.

mod tally;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use quick_cache::sync::Cache;

use crate::trouble::too_many;

pub(crate) use tally::Tally;

/// Clients that are remembered.
const REMEMBERED: usize = 100_000;

/// So many in such a time; all of them may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub events: u32,
    /// In which time.
    pub span: Duration,
}

impl Quota {
    /// So many in so many seconds.
    pub const fn new(events: u32, seconds: u64) -> Self {
        Self { events, span: Duration::from_secs(seconds) }
    }
}

/// What is limited, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Every request of an address.
    Requests,
    /// Every request of everybody.
    All,
    /// Every request by a token.
    RequestsByToken,
    /// Every request of a person, by whatever session or token.
    RequestsByUser,
    /// What a person changes when logged in.
    ChangesByUser,
    /// Uploads by an address.
    Uploads,
    /// Uploads by a token or an account.
    UploadsByAccount,
    /// Accounts that an address makes.
    Registrations,
    /// Failed logins of an address.
    Logins,
    /// Failed logins to an account.
    LoginsToAccount,
    /// Searches of an address, and passwords that it has rated.
    Searches,
    /// Reports by an address.
    Reports,
}

/// How much is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Requests of an address.
    pub requests: Quota,
    /// Requests of everybody.
    pub all: Quota,
    /// Requests by a token.
    pub requests_by_token: Quota,
    /// Requests of a person, by whatever session or token.
    pub requests_by_user: Quota,
    /// What a person changes when logged in.
    pub changes_by_user: Quota,
    /// Uploads by an address.
    pub uploads: Quota,
    /// Uploads by a token or an account.
    pub uploads_by_account: Quota,
    /// Accounts that an address makes.
    pub registrations: Quota,
    /// Failed logins of an address.
    pub logins: Quota,
    /// Failed logins to an account.
    pub logins_to_account: Quota,
    /// Searches of an address, and passwords that it has rated.
    pub searches: Quota,
    /// Reports by an address.
    pub reports: Quota,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: Quota::new(1_200_000, 60),
            all: Quota::new(6_000_000, 60),
            requests_by_token: Quota::new(1_200_000, 60),
            requests_by_user: Quota::new(1_200_000, 60),
            changes_by_user: Quota::new(3_000, 3600),
            uploads: Quota::new(6_000, 3600),
            uploads_by_account: Quota::new(3_000, 3600),
            registrations: Quota::new(20, 3600),
            logins: Quota::new(50, 300),
            logins_to_account: Quota::new(10, 300),
            searches: Quota::new(600, 60),
            reports: Quota::new(60, 3600),
        }
    }
}

impl Class {
    /// Its name, as headers give it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::All => "all-requests",
            Self::RequestsByToken => "requests-by-token",
            Self::RequestsByUser => "requests-by-user",
            Self::ChangesByUser => "changes-by-user",
            Self::Uploads => "uploads",
            Self::UploadsByAccount => "uploads-by-account",
            Self::Registrations => "registrations",
            Self::Logins => "logins",
            Self::LoginsToAccount => "logins-to-account",
            Self::Searches => "searches",
            Self::Reports => "reports",
        }
    }

    /// What a request counts as, besides a request.
    fn of(method: &Method, path: &str) -> Option<Self> {
        match (method.as_str(), path) {
            ("POST", "/legacy/") => Some(Self::Uploads),
            ("GET", "/search" | "/api/v1/search") | ("POST", "/api/v1/password/strength") => {
                Some(Self::Searches)
            }
            ("POST", path) if is_report(path) => Some(Self::Reports),
            _ => None,
        }
    }
}

/// Whether a request reports something, or appeals against what came of that.
fn is_report(path: &str) -> bool {
    let of_project = path.strip_prefix("/api/v1/projects/").and_then(|rest| rest.split_once('/'));
    matches!(of_project, Some((_, "observations" | "appeals")))
        || (path.starts_with("/api/v1/uploads/") && path.ends_with("/appeals"))
        || (path.starts_with("/uploads/") && path.ends_with("/appeal"))
        || path.starts_with("/report/")
        || path.starts_with("/appeal/")
}

impl Limits {
    fn quota(&self, class: Class) -> Quota {
        match class {
            Class::Requests => self.requests,
            Class::All => self.all,
            Class::RequestsByToken => self.requests_by_token,
            Class::RequestsByUser => self.requests_by_user,
            Class::ChangesByUser => self.changes_by_user,
            Class::Uploads => self.uploads,
            Class::UploadsByAccount => self.uploads_by_account,
            Class::Registrations => self.registrations,
            Class::Logins => self.logins,
            Class::LoginsToAccount => self.logins_to_account,
            Class::Searches => self.searches,
            Class::Reports => self.reports,
        }
    }
}

/// What is left after a request, or how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    class: Class,
    quota: Quota,
    /// Whether there was enough.
    pub(crate) within: bool,
    left: u32,
    wait: Duration,
}

/// The buckets.
pub(crate) struct Limiter {
    limits: Limits,
    began: Instant,
    /// The instant at which a bucket is empty again, in microseconds since the start.
    buckets: Cache<(Class, u64), Arc<AtomicI64>>,
    hasher: RandomState,
}

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        let buckets = Cache::new(REMEMBERED);
        Self { limits, began: Instant::now(), buckets, hasher: RandomState::new() }
    }

    /// Takes one out of a client's bucket.
    pub(crate) fn spend(&self, class: Class, client: &str) -> Spent {
        let now = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.spend_at(class, client, now, true)
    }

    /// Whether there is one left, without taking it.
    pub(crate) fn look(&self, class: Class, client: &str) -> Spent {
        let now = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.spend_at(class, client, now, false)
    }

    fn spend_at(&self, class: Class, client: &str, now: i64, take: bool) -> Spent {
        let quota = self.limits.quota(class);
        let span = i64::try_from(quota.span.as_micros()).unwrap_or(i64::MAX).max(1);
        let each = (span / i64::from(quota.events.max(1))).max(1);
        let key = (class, self.hasher.hash_one(client));
        let bucket = self.buckets.get(&key).unwrap_or_else(|| {
            let fresh = Arc::new(AtomicI64::new(0));
            self.buckets.insert(key, fresh.clone());
            fresh
        });
        let next = |empty: i64| {
            let empty = empty.max(now);
            (empty - now <= span - each).then_some(empty + each)
        };
        let outcome = if take {
            bucket.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).map(|empty| empty.max(now) + each)
        } else {
            let empty = bucket.load(Ordering::Relaxed);
            next(empty).map(|_| empty.max(now)).ok_or(empty)
        };
        let (within, empty) = match outcome {
            Ok(empty) => (true, empty),
            Err(empty) => (false, empty.max(now)),
        };
        let micros = |time: i64| Duration::from_micros(u64::try_from(time).unwrap_or(0));
        Spent {
            class,
            quota,
            within,
            left: u32::try_from((span - (empty - now)).max(0) / each).unwrap_or(u32::MAX),
            wait: if within { micros(empty - now) } else { micros(empty - now - (span - each)) },
        }
    }
}

impl Spent {
    /// The headers of draft-ietf-httpapi-ratelimit-headers. Where much is left an answer has none: it
    /// would be another one each time, and caches would keep the first.
    pub(crate) fn mark(self, response: &mut Response) {
        if self.within && self.left >= self.quota.events / 2 {
            return;
        }
        let (name, seconds) = (self.class.id(), rounded_up(self.wait));
        let policy = format!("\"{name}\";q={};w={}", self.quota.events, self.quota.span.as_secs());
        let state = format!("\"{name}\";r={};t={seconds}", self.left);
        for (header, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(header, value);
            }
        }
    }

    /// The answer to whoever asks too often.
    pub(crate) fn refusal(self) -> Response {
        let seconds = rounded_up(self.wait).max(1);
        let detail = format!(
            "too many {}: {} in {} s are allowed",
            self.class.id().replace('-', " "),
            self.quota.events,
            self.quota.span.as_secs()
        );
        let mut response = too_many(detail, format!("try again in {seconds} s"));
        debug_assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        self.mark(&mut response);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }
}

fn rounded_up(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_micros() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> Limiter {
        Limiter::new(Limits { logins: Quota::new(3, 60), ..Limits::default() })
    }

    #[test]
    fn so_many_at_once_and_then_one_by_one() {
        let (limiter, second) = (limiter(), 1_000_000);
        let spend = |at: i64| limiter.spend_at(Class::Logins, "192.0.2.1", at * second, true);
        assert_eq!([spend(0).left, spend(0).left, spend(0).left], [2, 1, 0]);
        let refused = spend(0);
        assert_eq!((refused.within, refused.wait.as_secs()), (false, 20));
        assert!(!spend(19).within && spend(20).within && !spend(21).within);
        assert!(limiter.spend_at(Class::Logins, "192.0.2.2", 0, true).within, "another one");
        assert_eq!(limiter.spend_at(Class::Logins, "192.0.2.3", 0, false).left, 3, "only looked");
        let answer = refused.refusal();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["retry-after"], "20");
        assert_eq!(answer.headers()["ratelimit-policy"], "\"logins\";q=3;w=60");
        assert_eq!(answer.headers()["ratelimit"], "\"logins\";r=0;t=20");
    }

    #[test]
    fn reports_are_counted_wherever_they_come() {
        for path in [
            "/api/v1/projects/x/observations",
            "/report/x",
            "/api/v1/projects/x/appeals",
            "/appeal/x",
            "/api/v1/uploads/x/appeals",
            "/uploads/x/appeal",
        ] {
            assert_eq!(Class::of(&Method::POST, path), Some(Class::Reports), "{path}");
        }
        for path in ["/api/v1/projects/x/roles", "/api/v1/observations", "/reports/x"] {
            assert_eq!(Class::of(&Method::POST, path), None, "{path}");
        }
    }

    #[test]
    fn a_flood_of_clients_takes_no_more_room() {
        let limiter = limiter();
        for number in 0..(REMEMBERED + 50_000) {
            limiter.spend_at(Class::Requests, &number.to_string(), 0, true);
        }
        assert!(limiter.buckets.len() <= REMEMBERED);
    }
}
