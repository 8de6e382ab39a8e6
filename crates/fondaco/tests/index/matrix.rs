//! The authorization matrix: every endpoint of the router's table, by everybody who could come, on
//! their own project and on another's. What is expected follows from the kind of access in the table,
//! and from the rows below; so a new kind, a new parameter or a new route that lets in more than its
//! kind says fails here.

use fondaco_model::{OrganisationRole, ProjectAct, ProjectRole, StaffRole};
use fondaco_server::{Access, Endpoint};
use fondaco_testkit::{Answer, Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::actors::{Kind, People, Someone, send};
use crate::house::House;

/// What somebody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// They are let in; what comes of it is the handler's affair.
    Allowed,
    /// They have to log in.
    Login,
    /// They are told that they may not.
    Denied,
    /// It is as if it were not there.
    Hidden,
}

/// Who comes.
struct Role {
    name: &'static str,
    /// `None` for whoever has no account.
    person: Option<(Option<StaffRole>, Kind)>,
    /// May do with their own project, in the order of [`ProjectAct::ALL`]: roles seen, managed,
    /// transferred; uploaded, yanked, status set, deleted; review seen, done.
    own: &'static str,
    /// And with another's.
    other: &'static str,
    /// The least role in an organisation of their own that they are let in as: member, manager, owner.
    organisation: &'static str,
    /// And in another's.
    other_organisation: &'static str,
}

const fn person(
    name: &'static str,
    (staff, kind): (Option<StaffRole>, Kind),
    (own, other): (&'static str, &'static str),
    (organisation, other_organisation): (&'static str, &'static str),
) -> Role {
    Role { name, person: Some((staff, kind)), own, other, organisation, other_organisation }
}

const NOTHING: (&str, &str) = ("---------", "---------");
const FULL: (Option<StaffRole>, Kind) = (None, Kind::Full);

/// The people. Who is `frozen`, `pending` or without a second factor owns the project and the
/// organisation all the same.
const PEOPLE: [Role; 15] = [
    person("stranger", FULL, NOTHING, ("---", "---")),
    person("maintainer", FULL, ("+--++----", NOTHING.1), ("---", "---")),
    person("owner", FULL, ("+++++++--", NOTHING.1), ("---", "---")),
    person("team-member", FULL, ("+--++----", NOTHING.1), ("+--", "---")),
    person("member", FULL, NOTHING, ("+--", "---")),
    person("manager", FULL, ("+--++----", NOTHING.1), ("++-", "---")),
    person("organisation-owner", FULL, ("+++++++--", NOTHING.1), ("+++", "---")),
    person("observer", (Some(StaffRole::Observer), Kind::Full), ("+------+-", "+------+-"), ("+--", "+--")),
    person("reviewer", (Some(StaffRole::Reviewer), Kind::Full), ("+------++", "+------++"), ("+--", "+--")),
    person("admin", (Some(StaffRole::Admin), Kind::Full), ("+++-+++++", "+++-+++++"), ("+++", "+++")),
    person("admin-no-factor", (Some(StaffRole::Admin), Kind::NoSecondFactor), NOTHING, ("---", "---")),
    person("no-factor", (None, Kind::NoSecondFactor), NOTHING, ("---", "---")),
    person("not-shown", (None, Kind::NotShown), NOTHING, ("---", "---")),
    person("pending", (None, Kind::Pending), NOTHING, ("---", "---")),
    person("frozen", (Some(StaffRole::Admin), Kind::Full), NOTHING, ("---", "---")),
];

/// What changes something and takes a session that has shown no second factor: logging out and ending
/// sessions, giving the password once more, adding a first factor. Reports and appeals, which anybody may
/// make, are decided by their kind of access. Whatever else a session like that could do fails.
const WITHOUT_FACTOR: [(&str, &str); 15] = [
    ("POST", "/logout"),
    ("POST", "/api/v1/logout"),
    ("POST", "/account/sessions/end"),
    ("POST", "/account/sessions/end-others"),
    ("DELETE", "/api/v1/account/sessions"),
    ("DELETE", "/api/v1/account/sessions/{session}"),
    ("POST", "/account/confirm"),
    ("POST", "/api/v1/account/confirm"),
    ("POST", "/account/factors/totp"),
    ("POST", "/account/factors/totp/confirm"),
    ("POST", "/account/factors/passkey"),
    ("POST", "/api/v1/account/factors/totp"),
    ("POST", "/api/v1/account/factors/totp/confirm"),
    ("POST", "/api/v1/account/factors/passkeys"),
    ("POST", "/api/v1/account/factors/passkeys/options"),
];

/// Who comes without an account: nobody, and tokens of each kind.
const OTHERS: [(&str, &[&str]); 6] = [
    ("anonymous", &[]),
    ("token-everything", &["--all-projects"]),
    ("token-own", &["--project", "our-tool"]),
    ("token-other", &["--project", "their-tool"]),
    ("token-reading", &["--read-only"]),
    ("token-managing", &["--manages"]),
];

fn at(row: &str, index: usize) -> bool {
    row.as_bytes()[index] == b'+'
}

fn index_of(act: ProjectAct) -> usize {
    ProjectAct::ALL.iter().position(|one| *one == act).unwrap()
}

impl Role {
    /// Whether it is for want of a second factor that they are refused: who is no staff is told that.
    fn lacks_factor(&self, endpoint: &Endpoint) -> bool {
        let Some((staff, Kind::NoSecondFactor | Kind::NotShown)) = self.person else { return false };
        match endpoint.access {
            Access::Managing | Access::Staff(_) | Access::Desk(_) => staff.is_some(),
            Access::Uploading => false,
            _ => true,
        }
    }

    /// What a person gets, by the kind of access.
    fn expected(&self, endpoint: &Endpoint, own: bool) -> Decision {
        let (staff, kind) = self.person.unwrap();
        let frozen = self.name == "frozen";
        let logged_in = kind != Kind::Pending && !frozen;
        let factor = kind == Kind::Full;
        let given = |allowed: bool| if allowed { Decision::Allowed } else { Decision::Denied };
        match endpoint.access {
            Access::Open | Access::Reading | Access::Entering | Access::Proving => Decision::Allowed,
            Access::Uploading => given(endpoint.path == "/legacy"),
            Access::Managing => given(logged_in && factor && staff == Some(StaffRole::Admin)),
            Access::Pending if kind == Kind::Pending => Decision::Allowed,
            Access::Pending => Decision::Login,
            // Who is frozen may appeal.
            Access::Reporting if frozen && endpoint.path.contains("/appeal") => Decision::Allowed,
            _ if !logged_in => Decision::Login,
            Access::Reporting => Decision::Allowed,
            Access::Person => Decision::Allowed,
            Access::Enrolling => given(kind != Kind::NotShown),
            Access::FreshPerson | Access::SecondFactor => given(factor),
            Access::Staff(least) | Access::Desk(least) => {
                given(factor && staff.is_some_and(|role| role >= least))
            }
            Access::Project(act) => given(at(if own { self.own } else { self.other }, index_of(act))),
            Access::Organisation(least) => {
                let row = if own { self.organisation } else { self.other_organisation };
                match least {
                    _ if !factor => Decision::Denied,
                    // Who doesn't belong to it is told nothing of it.
                    _ if row == "---" => Decision::Hidden,
                    OrganisationRole::Member => Decision::Allowed,
                    OrganisationRole::Manager => given(at(row, 1)),
                    OrganisationRole::Owner => given(at(row, 2)),
                }
            }
        }
    }
}

/// What a token or nobody gets, by the kind of access.
fn expected_of(name: &str, endpoint: &Endpoint) -> Decision {
    let (token, manages) = (name != "anonymous", name == "token-managing");
    let given = |allowed: bool| if allowed { Decision::Allowed } else { Decision::Denied };
    match endpoint.access {
        Access::Open | Access::Reading | Access::Entering | Access::Proving => Decision::Allowed,
        // What a token may upload to is known when the form is there.
        Access::Uploading => given(endpoint.path == "/legacy" || token),
        Access::Managing => given(manages),
        Access::Pending
        | Access::Person
        | Access::Enrolling
        | Access::FreshPerson
        | Access::SecondFactor
        | Access::Staff(_) => Decision::Login,
        Access::Reporting if token => Decision::Allowed,
        Access::Reporting => Decision::Login,
        // A token has nothing to leave.
        Access::Organisation(_) if manages => given(!endpoint.path.ends_with("/leave")),
        Access::Project(_) | Access::Desk(_) if manages => Decision::Allowed,
        Access::Project(_) | Access::Organisation(_) | Access::Desk(_) if token => Decision::Denied,
        Access::Project(_) | Access::Organisation(_) | Access::Desk(_) => Decision::Login,
    }
}

/// What an answer comes to.
fn said(endpoint: &Endpoint, answer: &Answer, expected: Decision) -> Decision {
    // Two that were let in and are answered as if not: who has logged out is led to the login, and whoever
    // gives a wrong password is told so on the page.
    let own = match (endpoint.path, answer.status) {
        ("/logout", 303) => true,
        ("/account/confirm", 401) => answer.text().contains("<title>Confirm"),
        _ => false,
    };
    if own && expected == Decision::Allowed {
        return Decision::Allowed;
    }
    let to_login = answer.status == 303 && answer.header("location").is_some_and(|to| to.contains("login"));
    match answer.status {
        401 => Decision::Login,
        _ if to_login => Decision::Login,
        403 => Decision::Denied,
        // Nothing is asked for that is there, so this is also what comes of being let in.
        404 if expected == Decision::Hidden => Decision::Hidden,
        _ => Decision::Allowed,
    }
}

/// The path of an endpoint about a project and an organisation; a new parameter has to be decided here.
pub(crate) fn path(endpoint: &Endpoint, project: &str, organisation: &str) -> String {
    let value = |part: &str| match part {
        "{name}" | "{project}" => project.to_owned(),
        "{organisation}" => organisation.to_owned(),
        "{user}" => "nobody".to_owned(),
        "{team}" => "no-team".to_owned(),
        "{version}" => "1.0".to_owned(),
        "{upstream}" => "own".to_owned(),
        "{file_name}" => "nothing-1.0-py3-none-any.whl".to_owned(),
        "{sha256}" => "0a".repeat(32),
        "{first}" | "{second}" => "0a".to_owned(),
        "{rest}" => "0a".repeat(30),
        "{switch}" => "no-uploads".to_owned(),
        "{id}" => "0123456789abcdef".to_owned(),
        "{address}" => "nobody@example.invalid".to_owned(),
        "{session}" => "s-0123456789abcdef".to_owned(),
        "{passkey}" => "AAAA".to_owned(),
        "{network}" => "198.51.100.7".to_owned(),
        "{kind}" => "account".to_owned(),
        "{key}" | "{account}" => "token:0".to_owned(),
        part if part.contains('{') => panic!("{}: what is to be tried for {part}?", endpoint.path),
        literal => literal.to_owned(),
    };
    endpoint.path.split('/').map(value).collect::<Vec<_>>().join("/")
}

/// Two projects of our own, and an organisation for each.
struct Stage {
    house: House,
    people: People,
    tokens: Vec<(&'static str, Option<String>)>,
    cells: usize,
}

impl Stage {
    fn new() -> Self {
        // As many requests as there are cells.
        let house = House::with_config(
            "[limits]\nrequests = '1000000/1m'\nall = '1000000/1m'\nsearches = '1000000/1m'\nreports = '1000000/1m'\nregistrations = '1000000/1m'\n[accounts]\nregistration = 'open'\n",
        );
        let publisher = house.fondaco.token(&["--all-projects"]);
        for name in ["our-tool", "their-tool"] {
            let module = format!("{}/__init__.py", name.replace('-', "_"));
            let dist = Wheel::new(name, "1.0").file(&module, honest_module()).build();
            assert_eq!(Upload::of(&dist).send(&house.fondaco, &publisher).status, 200);
        }
        let token = |(name, args): (&'static str, &[&str])| {
            (name, (!args.is_empty()).then(|| house.fondaco.token(args)))
        };
        let tokens = OTHERS.into_iter().map(token).collect();
        let people = People::of(&house);
        let [holder, lead] = ["holder", "lead"].map(|name| people.add(name));
        for project in ["our-tool", "their-tool"] {
            people.give(project, &holder, ProjectRole::Owner);
        }
        people.organisation("acme", "our-tool", &[(&lead, OrganisationRole::Owner)]);
        people.organisation("others", "their-tool", &[(&lead, OrganisationRole::Owner)]);
        Self { house, people, tokens, cells: 0 }
    }

    /// Somebody who has just come to this role: what they did before is undone by being another.
    fn someone(&mut self, role: &Role) -> Someone {
        self.cells += 1;
        let (staff, kind) = role.person.unwrap();
        let someone = self.people.add_as(&format!("{}-{}", role.name, self.cells), staff, kind);
        let in_organisation = |role| self.people.member("acme", &someone, role);
        match role.name {
            "maintainer" => self.people.give("our-tool", &someone, ProjectRole::Maintainer),
            "owner" => self.people.give("our-tool", &someone, ProjectRole::Owner),
            "no-factor" | "not-shown" | "pending" | "frozen" => {
                self.people.give("our-tool", &someone, ProjectRole::Owner);
                in_organisation(OrganisationRole::Owner);
            }
            "member" => in_organisation(OrganisationRole::Member),
            "manager" => in_organisation(OrganisationRole::Manager),
            "organisation-owner" => in_organisation(OrganisationRole::Owner),
            "team-member" => {
                in_organisation(OrganisationRole::Member);
                self.people.team("acme/crew", &someone, ("our-tool", ProjectRole::Maintainer));
            }
            _ => {}
        }
        if role.name == "frozen" {
            self.people.freeze(&someone);
        }
        someone
    }

    /// An answer, and the project back in its organisation.
    fn ask(&self, secret: Option<&str>, endpoint: &Endpoint, own: bool) -> Answer {
        let (project, organisation) = if own { ("our-tool", "acme") } else { ("their-tool", "others") };
        // No order that there is has no required field, so nothing is changed by those who may.
        let body = if endpoint.method == "GET" { Value::Null } else { json!({}) };
        let path = path(endpoint, project, organisation);
        let answer = send(&self.house, secret, (endpoint.method, &path), &body);
        if endpoint.path.ends_with("/organisation") && endpoint.method == "DELETE" {
            self.people.bring("our-tool", "acme");
            self.people.bring("their-tool", "others");
        }
        answer
    }
}

#[test]
fn every_endpoint_by_everybody_on_their_own_and_on_anothers() {
    let mut stage = Stage::new();
    let endpoints = fondaco_server::endpoints();
    let mut wrong = Vec::new();
    let mut counted = std::collections::BTreeMap::new();
    let mut told = 0;
    let mut judge = |who: &str, endpoint: &Endpoint, own: bool, answer: &Answer, expected: Decision| {
        let got = said(endpoint, answer, expected);
        *counted.entry(format!("{got:?}")).or_insert(0usize) += 1;
        if got != expected || answer.status >= 500 || answer.status == 429 {
            let whose = if own { "own" } else { "another's" };
            wrong.push(format!(
                "{who}, {whose}: {} {} ({:?}): {} where {expected:?} is due: {}",
                endpoint.method,
                endpoint.path,
                endpoint.access,
                answer.status,
                answer.text().chars().take(160).collect::<String>()
            ));
        }
    };
    for endpoint in &endpoints {
        let turns_on_whose = matches!(endpoint.access, Access::Project(_) | Access::Organisation(_));
        for own in [true, false].into_iter().filter(|own| *own || turns_on_whose) {
            for role in &PEOPLE {
                let someone = stage.someone(role);
                let answer = stage.ask(Some(&someone.secret), endpoint, own);
                judge(role.name, endpoint, own, &answer, role.expected(endpoint, own));
                if !matches!(endpoint.access, Access::Open | Access::Reading | Access::Uploading) {
                    let kept = answer.header("cache-control");
                    assert_eq!(kept, Some("no-store"), "{} {}", endpoint.method, endpoint.path);
                }
                if role.lacks_factor(endpoint) && answer.status == 403 {
                    told += 1;
                    let (text, kind) = (answer.text(), role.person.unwrap().1);
                    let first = if kind == Kind::NotShown { "log in again" } else { "add " };
                    assert!(
                        text.contains("no second factor") || text.contains("second factor is needed"),
                        "{}: {} {} does not say why: {text}",
                        role.name,
                        endpoint.method,
                        endpoint.path
                    );
                    assert!(
                        text.to_lowercase().contains(first),
                        "{} {}: {text}",
                        endpoint.method,
                        endpoint.path
                    );
                }
            }
            for (name, secret) in &stage.tokens {
                let answer = stage.ask(secret.as_deref(), endpoint, own);
                judge(name, endpoint, own, &answer, expected_of(name, endpoint));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(told > 200, "only {told} were told what to do about their second factor");
    println!("{} endpoints, cells: {counted:?}", endpoints.len());
    for decision in ["Allowed", "Login", "Denied", "Hidden"] {
        assert!(counted.get(decision).is_some_and(|count| *count > 20), "{counted:?} proves little");
    }
}

/// A route that takes sessions without a second factor is named in [`WITHOUT_FACTOR`], or it is none.
#[test]
fn what_a_session_without_a_second_factor_may_change_is_written_down() {
    let takes = |endpoint: &&Endpoint| matches!(endpoint.access, Access::Person | Access::Enrolling);
    let endpoints = fondaco_server::endpoints();
    let mut found: Vec<(&str, &str)> = endpoints
        .iter()
        .filter(takes)
        .filter(|endpoint| endpoint.method != "GET")
        .map(|endpoint| (endpoint.method, endpoint.path))
        .collect();
    let mut written = WITHOUT_FACTOR.to_vec();
    found.sort_unstable();
    written.sort_unstable();
    assert_eq!(found, written);
}
