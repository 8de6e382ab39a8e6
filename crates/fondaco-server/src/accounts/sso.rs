//! Single sign-on by OpenID Connect: authorization code with PKCE; state and nonce count once and belong
//! to the browser that began. People are known by issuer and `sub`, never by a name or an address, so
//! nobody gets another's account by calling themselves like them.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fondaco_factors::Passed;
use fondaco_model::{
    AuditAction, Change, Deed, Email, Granted, SsoLogin, StaffRole, TeamName, Timestamp, User, UserName,
    UserState,
};
use fondaco_oidc::{Claims, Issuer};
use fondaco_pydist::Sha256;
use fondaco_store::Tx;
use jiff::SignedDuration;
use serde_json::Value;

use super::register::{address, display_name, is_taken, new_id};
use super::{Denied, Entered, event, factors};
use crate::app::App;
use crate::sessions::{self, Start};
use crate::tokens::random;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

/// Longest answer with tokens, in bytes.
const MAX_ANSWER: u64 = 256 << 10;
/// The longest life of an ID token that is believed.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Longest `code`, in bytes.
const MAX_CODE: usize = 4096;

/// The single sign-on, as the operator wants it.
pub struct Sso {
    /// The issuer.
    pub issuer: Issuer,
    /// What it knows this index by.
    pub client_id: String,
    /// What this index shows it.
    pub client_secret: String,
    /// The claim that names somebody's groups.
    pub groups_claim: String,
    /// What each group gives.
    pub groups: Vec<(String, Granted)>,
    /// Whether the issuer lets nobody in without a second factor.
    pub enforces_second_factor: bool,
    /// Values of `acr` by which it says that there was one.
    pub second_factor_acr: Vec<String>,
}

impl fmt::Debug for Sso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sso").field("issuer", &self.issuer.name()).finish_non_exhaustive()
    }
}

fn sso(app: &App) -> Result<&Sso, Denied> {
    app.parts.sso.as_ref().ok_or_else(|| Denied::absent("this index has no single sign-on"))
}

/// What went wrong between the issuer and here; the details are for the log.
fn failed(why: &dyn fmt::Display) -> Denied {
    tracing::warn!(%why, "a single sign-on failed");
    Denied::wrong("the single sign-on failed").hint("begin again at /login")
}

fn secret<const BYTES: usize>() -> Result<String, Denied> {
    random::<BYTES>().map_err(|error| Denied::Trouble(Trouble::Inside(format!("no randomness: {error}"))))
}

/// Begins a login: the issuer's address to go to, and the state, which the browser keeps.
pub(crate) async fn begin(app: &App, base: &str, next: &str) -> Result<(String, String), Denied> {
    let sso = sso(app)?;
    app.permit(Deed::Login).await?;
    let now = app.now();
    let discovery = sso.issuer.discovery(now).await.map_err(|error| failed(&error))?;
    let endpoint = discovery.authorization_endpoint.clone();
    let mut to = endpoint.ok_or_else(|| failed(&"the issuer names no place to log in"))?;
    let (state, nonce, verifier) = (secret::<32>()?, secret::<32>()?, secret::<32>()?);
    let login = SsoLogin {
        state: Sha256::of(state.as_bytes()),
        nonce,
        verifier,
        redirect_uri: format!("{base}/login/sso/callback"),
        next: next.to_owned(),
        expires_at: now.checked_add(SsoLogin::WAITS).unwrap_or(now),
    };
    let challenge =
        URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, login.verifier.as_bytes()));
    to.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("scope", "openid profile email")
        .append_pair("client_id", &sso.client_id)
        .append_pair("redirect_uri", &login.redirect_uri)
        .append_pair("state", &state)
        .append_pair("nonce", &login.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    let mut tx = app.parts.store.begin().await?;
    tx.add_sso_login(&login, now).await?;
    tx.commit().await?;
    Ok((to.into(), state))
}

/// Ends a login: somebody has come back from the issuer with a code.
pub(crate) async fn finish(
    app: &App,
    visitor: &Visitor,
    (code, state, kept): (&str, &str, Option<&str>),
) -> Result<(Entered, String), Denied> {
    let sso = sso(app)?;
    app.permit(Deed::Login).await?;
    // Whoever is sent here with the state of another's login would be logged in as that one.
    let digest = Sha256::of(state.as_bytes());
    if kept.is_none_or(|kept| Sha256::of(kept.as_bytes()) != digest) || code.len() > MAX_CODE {
        return Err(failed(&"the state is not that of this browser"));
    }
    let mut tx = app.parts.store.begin().await?;
    let login = tx.take_sso_login(digest, app.now()).await?;
    // Also when what follows fails, nobody uses it again.
    tx.commit().await?;
    let login = login.ok_or_else(|| failed(&"there is no such login, or it was ended before"))?;
    let claims = claims(app, sso, &login, code).await?;
    Ok((enter(app, sso, visitor, &claims).await?, login.next))
}

/// Changes the code into an ID token, and believes that where all of it is right.
async fn claims(app: &App, sso: &Sso, login: &SsoLogin, code: &str) -> Result<Claims, Denied> {
    let now = app.now();
    let discovery = sso.issuer.discovery(now).await.map_err(|error| failed(&error))?;
    let endpoint = discovery.token_endpoint.clone();
    let endpoint = endpoint.ok_or_else(|| failed(&"the issuer names no place for codes"))?;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &login.redirect_uri),
        ("client_id", &sso.client_id),
        ("code_verifier", &login.verifier),
    ];
    let who = (sso.client_id.as_str(), sso.client_secret.as_str());
    let answer = sso.issuer.client().form(&endpoint, &fields, Some(who), MAX_ANSWER).await;
    let (status, bytes) = answer.map_err(|error| failed(&error))?;
    if status != 200 {
        return Err(failed(&format!("the issuer answered a code by {status}")));
    }
    let answer: Value = serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
    let token = answer.get("id_token").and_then(Value::as_str);
    let token = token.ok_or_else(|| failed(&"the issuer gave no ID token"))?;
    let verified = sso.issuer.verify(token, (&sso.client_id, LONGEST), now).await;
    let claims = verified.map_err(|error| failed(&error))?;
    let says = |name: &str| claims.all.get(name);
    // By their digests, so that how long it takes says nothing of how far they agree.
    let digest = |nonce: &str| Sha256::of(nonce.as_bytes());
    if says("nonce").and_then(Value::as_str).map(digest) != Some(digest(&login.nonce)) {
        return Err(failed(&"the ID token is of another login"));
    }
    if says("azp").is_some_and(|party| party.as_str() != Some(sso.client_id.as_str())) {
        return Err(failed(&"the ID token was made for another"));
    }
    Ok(claims)
}

/// Whether the issuer says, or is known to see to it, that there was a second factor.
fn had_second_factor(sso: &Sso, claims: &Claims) -> bool {
    let multiple = |methods: &Vec<Value>| methods.iter().any(|method| method == "mfa");
    let by_amr = claims.all.get("amr").and_then(Value::as_array).is_some_and(multiple);
    let acr = claims.all.get("acr").and_then(Value::as_str);
    sso.enforces_second_factor
        || by_amr
        || acr.is_some_and(|acr| sso.second_factor_acr.iter().any(|one| one == acr))
}

async fn enter(app: &App, sso: &Sso, visitor: &Visitor, claims: &Claims) -> Result<Entered, Denied> {
    let now = app.now();
    let subject = claims.subject.as_deref().ok_or_else(|| failed(&"the ID token has no subject"))?;
    let mut tx = app.parts.store.begin().await?;
    let user = match tx.sso_person(&claims.issuer, subject).await? {
        Some(id) => tx.user(&id).await?.ok_or_else(Denied::unknown)?,
        None => make(app, &mut tx, (claims, subject)).await?,
    };
    if user.state != UserState::Active {
        return Err(Denied::forbidden("this account is frozen or was deleted"));
    }
    let user = apply(&mut tx, sso, user, claims, now).await?;
    let factor = had_second_factor(sso, claims);
    let pending = !factor && factors::are_enrolled(&mut tx, &user).await?;
    let start = Start { pending, factor_verified_at: factor.then_some(now) };
    let (session, secret) = sessions::begin(&mut tx, (&user.id, visitor), start, now).await?;
    if factor {
        tx.set_session_factor(&session.id, Passed::SingleSignOn.id(), (now, now)).await?;
    }
    let from = format!("session {} from {} by single sign-on", session.id, visitor.address);
    tx.audit(&event(now, &user.actor(), AuditAction::Login, (user.id.as_str(), &from))).await?;
    tx.commit().await?;
    Ok(Entered { session, secret })
}

/// Makes an account for somebody who comes for the first time.
async fn make(app: &App, tx: &mut Tx, (claims, subject): (&Claims, &str)) -> Result<User, Denied> {
    app.permit(Deed::Registration).await?;
    let now = app.now();
    let says = |name: &str| claims.all.get(name).and_then(Value::as_str);
    let user = User {
        id: new_id()?,
        name: free_name(app, tx, [says("preferred_username"), says("email")]).await?,
        display_name: says("name").and_then(|name| display_name(name).ok()).unwrap_or_default(),
        staff: None,
        state: UserState::Active,
        made_at: now,
    };
    tx.add_user(&user).await?;
    tx.add_sso_person((&claims.issuer, subject), &user.id, now).await?;
    let verified = claims.all.get("email_verified") == Some(&Value::Bool(true));
    let mail = says("email").filter(|_| verified).and_then(|text| address(app, text).ok());
    if let Some(address) = mail
        && tx.user_by_email(&address.key()).await?.is_none()
    {
        let email = Email { address, primary: true, added_at: now, verified_at: Some(now) };
        tx.add_email(&user.id, &email).await?;
    }
    let from = format!("by single sign-on of {}", claims.issuer);
    tx.audit(&event(now, &user.actor(), AuditAction::Register, (user.id.as_str(), &from))).await?;
    Ok(user)
}

/// A name that is free, like the one that somebody has at the issuer.
async fn free_name(app: &App, tx: &mut Tx, wished: [Option<&str>; 2]) -> Result<UserName, Denied> {
    let plain = |text: &str| {
        let local = text.split('@').next().unwrap_or_default();
        let kept = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let name: String = local.chars().map(kept).take(40).collect();
        name.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
    };
    let wished = wished.into_iter().flatten().map(plain).find(|name| !name.is_empty());
    let wished = wished.unwrap_or_else(|| "person".to_owned());
    let mut tried = wished.clone();
    for _ in 0..5 {
        if let Ok(name) = tried.parse::<UserName>()
            && !app.parts.settings.accounts.prohibited.has(&name)
            && !is_taken(tx, &name).await?
        {
            return Ok(name);
        }
        tried = format!("{wished}-{}", secret::<3>()?);
    }
    Err(failed(&"no free name was found"))
}

/// Gives what somebody's groups give now, and takes what they gave before and give no more. Teams into
/// which somebody else has put them stay; the staff role is the single sign-on's where any group has one.
async fn apply(tx: &mut Tx, sso: &Sso, user: User, claims: &Claims, at: Timestamp) -> Result<User, Denied> {
    let groups: Vec<&str> = match claims.all.get(&sso.groups_claim) {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(group)) => vec![group],
        _ => Vec::new(),
    };
    let granted = || sso.groups.iter().filter(|(group, _)| groups.contains(&group.as_str()));
    let teams: BTreeSet<&TeamName> = granted()
        .filter_map(|(_, what)| match what {
            Granted::Team(team) => Some(team),
            Granted::Staff(_) => None,
        })
        .collect();
    let had = tx.teams_by_sso(&user.id).await?;
    for team in &teams {
        if !had.contains(*team) && tx.add_to_team(team, &user.id, true).await? {
            let who = user.actor();
            let change = Change::of(None, Some(&who));
            tx.audit_change(&event(at, "sso", AuditAction::JoinTeam, (team.as_str(), &who)), change).await?;
        }
    }
    for team in had.iter().filter(|team| !teams.contains(team)) {
        tx.take_from_team(team, &user.id).await?;
        let (who, change) = (user.actor(), Change::of(Some(&user.actor()), None));
        tx.audit_change(&event(at, "sso", AuditAction::LeaveTeam, (team.as_str(), &who)), change).await?;
    }
    if !sso.groups.iter().any(|(_, what)| matches!(what, Granted::Staff(_))) {
        return Ok(user);
    }
    let staff: Option<StaffRole> = granted()
        .filter_map(|(_, what)| match what {
            Granted::Staff(role) => Some(*role),
            Granted::Team(_) => None,
        })
        .max();
    if staff == user.staff {
        return Ok(user);
    }
    let word = |role: Option<StaffRole>| role.map_or("none", StaffRole::id);
    let detail = format!("{} became {}", word(user.staff), word(staff));
    let change = Change::of(user.staff.map(StaffRole::id), staff.map(StaffRole::id));
    let user = User { staff, ..user };
    tx.set_user(&user).await?;
    tx.audit_change(&event(at, "sso", AuditAction::SetStaff, (user.id.as_str(), &detail)), change).await?;
    Ok(user)
}
