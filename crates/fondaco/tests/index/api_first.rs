//! Whatever a person can do is in `/api/v1`: one script that does it all by that alone, and the written
//! list of what in the API stands for each form of a page.

use fondaco_server::{Access, Endpoint};
use fondaco_testkit::{Answer, Dist, Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::factors::App;
use crate::house::House;
use crate::visitors::{OPEN, PASSWORD, call, link_in, wait_for_mail};

/// A script that acts for somebody: their session, and what their app shares with the index.
struct Script<'a> {
    house: &'a House,
    name: &'static str,
    session: Option<String>,
}

impl<'a> Script<'a> {
    const fn of(house: &'a House, name: &'static str) -> Self {
        Self { house, name, session: None }
    }

    /// A request to the API, and to nothing else; what it has to end with.
    #[track_caller]
    fn does(&self, at: &str, body: &Value, status: u16) -> Answer {
        assert!(at.split_once(' ').is_some_and(|(_, path)| path.starts_with("/api/v1/")), "{at}");
        let answer = call(&self.house.fondaco, self.session.as_deref(), at, body);
        assert_eq!(answer.status, status, "{} {at}: {}", self.name, answer.text());
        answer
    }

    /// The same where the answer gives the session its next secret.
    #[track_caller]
    fn goes_on(&mut self, at: &str, body: &Value, status: u16) -> Value {
        let told = self.does(at, body, status).json();
        self.session = Some(told["session"].as_str().unwrap().to_owned());
        told
    }

    /// Makes an account, and proves the address by what the mail says.
    fn registers(&self) {
        let email = format!("{}@example.invalid", self.name);
        let order = json!({"name": self.name, "email": email, "password": PASSWORD});
        self.does("POST /api/v1/register", &order, 202);
        let link = link_in(&wait_for_mail(self.house.data.path(), &[&format!("To: {email}")]));
        assert_eq!(self.does("POST /api/v1/verify", &json!({"link": link}), 200).json()["name"], self.name);
    }

    /// Logs in by the password, adds an app, and logs in once more by both.
    fn enrols(&mut self) {
        let login = json!({"name": self.name, "password": PASSWORD});
        assert_eq!(self.goes_on("POST /api/v1/login", &login, 200)["pending"], false);
        let offer = self.does("POST /api/v1/account/factors/totp", &Value::Null, 200).json();
        let app = App::of(offer["secret"].as_str().unwrap());
        let code = json!({"code": app.code(0)});
        let added = self.goes_on("POST /api/v1/account/factors/totp/confirm", &code, 201);
        assert_eq!(added["recovery_codes"].as_array().unwrap().len(), 8);
        self.does("POST /api/v1/logout", &Value::Null, 204);
        assert_eq!(self.goes_on("POST /api/v1/login", &login, 200)["pending"], true);
        let passed = self.goes_on("POST /api/v1/login/second-step", &json!({"code": app.code(1)}), 200);
        assert_eq!(passed["passed"], "totp");
    }

    /// A token of theirs.
    fn token(&self, label: &str) -> String {
        let given = self.does("POST /api/v1/tokens", &json!({"label": label}), 201).json();
        given["token"].as_str().unwrap().to_owned()
    }

    fn uploads(&self, dist: &Dist, token: &str) -> Answer {
        Upload::of(dist).send(&self.house.fondaco, token)
    }
}

fn release(version: &str, more: &str) -> Dist {
    Wheel::new("house-tools", version).file("house_tools/__init__.py", honest_module() + more).build()
}

/// The first admin is made on the host, as anywhere; whatever comes then is a script.
#[test]
fn a_script_does_everything_that_people_do() {
    let house = House::holding_with(OPEN);
    let (mut jane, mut john) = (Script::of(&house, "jane"), Script::of(&house, "john"));
    let (mut root, mut rita) = (Script::of(&house, "root"), Script::of(&house, "rita"));
    for somebody in [&mut jane, &mut john] {
        somebody.registers();
        somebody.enrols();
    }
    // A token, an upload, and who owns what it made.
    let token = jane.token("ci");
    assert_eq!(jane.uploads(&release("1.0", ""), &token).status, 200);
    let listed = jane.does("GET /api/v1/tokens", &Value::Null, 200).json();
    assert!(listed["tokens"][0]["last_used_at"].is_string(), "{listed}");
    let roles = jane.does("GET /api/v1/projects/house-tools/roles", &Value::Null, 200).json();
    assert_eq!(roles["people"], json!([{"user": "jane", "role": "owner"}]));
    // An organisation, a team of it, and somebody who uploads by its role.
    jane.does("POST /api/v1/organisations", &json!({"name": "acme", "display_name": "Acme"}), 201);
    jane.does("PUT /api/v1/projects/house-tools/organisation", &json!({"organisation": "acme"}), 204);
    jane.does("PUT /api/v1/organisations/acme/teams/crew", &Value::Null, 204);
    let invitation = json!({"user": "john", "role": "member"});
    jane.does("POST /api/v1/organisations/acme/invitations", &invitation, 201);
    let invited = john.does("GET /api/v1/invitations", &Value::Null, 200).json();
    let accept =
        format!("POST /api/v1/invitations/{}/accept", invited["invitations"][0]["id"].as_str().unwrap());
    john.does(&accept, &Value::Null, 200);
    let johns = john.token("laptop");
    assert_eq!(john.uploads(&release("2.0", ""), &johns).status, 403, "no role yet");
    jane.does("PUT /api/v1/organisations/acme/teams/crew/members/john", &Value::Null, 204);
    let maintain = json!({"role": "maintainer"});
    jane.does("PUT /api/v1/projects/house-tools/teams/acme/crew", &maintain, 204);
    assert_eq!(john.uploads(&release("2.0", ""), &johns).status, 200);
    // Staff: an admin by the link that the host gave, and whom they make a reviewer.
    let link =
        house.fondaco.admin(&["user", "add", "root", "--email", "root@example.invalid", "--role", "admin"]);
    let link = link_in(&link.ok().stdout);
    root.does("POST /api/v1/password", &json!({"link": link, "password": PASSWORD}), 200);
    root.enrols();
    rita.registers();
    root.does("PUT /api/v1/users/rita/role", &json!({"role": "reviewer", "reason": "she knows wheels"}), 204);
    rita.enrols();
    // A switch.
    root.does("PUT /api/v1/switches/no-uploads", &json!({"reason": "a wave of uploads"}), 200);
    let refused = john.uploads(&release("3.0", ""), &johns);
    assert_eq!((refused.status, &refused.json()["type"]), (403, &json!("/problems/switched-off")));
    let seen = Script::of(&house, "nobody").does("GET /api/v1/switches", &Value::Null, 200).json();
    assert_eq!(seen["switches"][0]["reason"], "a wave of uploads");
    root.does("DELETE /api/v1/switches/no-uploads?reason=over", &Value::Null, 204);
    // An upload that is held, and a reviewer who looks at it.
    let held = release("3.0", "NOTE = 'HOLD-ME'\n");
    let taken = john.uploads(&held, &johns);
    assert_eq!(taken.status, 202, "{}", taken.text());
    let location = taken.header("location").unwrap();
    let status = format!("GET /api/v1/uploads/{}", location.rsplit('/').next().unwrap());
    assert_eq!(john.does(&status, &Value::Null, 200).json()["state"], "held");
    john.does("GET /api/v1/desk", &Value::Null, 403);
    let queue = rita.does("GET /api/v1/desk", &Value::Null, 200).json();
    assert!(queue["queue"].as_array().unwrap().iter().any(|one| one["project"] == "house-tools"), "{queue}");
    let item = rita.does("GET /api/v1/desk/projects/house-tools", &Value::Null, 200).json();
    let waits = item["files"].as_array().unwrap().iter().find(|file| file["decision"] == "hold").unwrap();
    assert_eq!(waits["file_name"], json!(held.file_name));
    let order = json!({"act": "allow", "reason": "looked at it", "file_name": held.file_name, "sha256": waits["sha256"]});
    rita.does("POST /api/v1/projects/house-tools/review", &order, 204);
    assert_eq!(john.does(&status, &Value::Null, 200).json()["state"], "allowed");
    let note = json!({"act": "note", "reason": "ask John what the marker is for"});
    rita.does("POST /api/v1/projects/house-tools/review", &note, 204);
    let noted = root.does("GET /api/v1/audit", &Value::Null, 200).text();
    assert!(noted.contains("ask John what the marker is for") && noted.contains("\"note\""), "{noted}");
    assert_eq!(house.listing("house-tools")["versions"], json!(["1.0", "2.0", "3.0"]));
}

/// What a form of a page does, and what in the API does the same: each method and path.
const PAIRS: &[(&str, &[&str])] = &[
    ("/login", &["POST /api/v1/login"]),
    ("/login/second-step", &["POST /api/v1/login/second-step", "POST /api/v1/login/second-step/options"]),
    ("/login/passkey", &["POST /api/v1/login/passkey", "POST /api/v1/login/passkey/options"]),
    ("/logout", &["POST /api/v1/logout"]),
    ("/register", &["POST /api/v1/register"]),
    ("/verify", &["POST /api/v1/verify"]),
    ("/reset", &["POST /api/v1/reset"]),
    ("/password", &["POST /api/v1/password"]),
    ("/factor-recovery/cancel", &["POST /api/v1/factor-recovery/cancel"]),
    ("/factor-recovery/reset", &["POST /api/v1/factor-recovery/reset"]),
    ("/account/confirm", &["POST /api/v1/account/confirm"]),
    ("/account/password", &["PUT /api/v1/account/password"]),
    ("/account/emails", &["POST /api/v1/account/emails"]),
    ("/account/emails/primary", &["PUT /api/v1/account/emails/{address}/primary"]),
    ("/account/emails/remove", &["DELETE /api/v1/account/emails/{address}"]),
    ("/account/sessions/end", &["DELETE /api/v1/account/sessions/{session}"]),
    ("/account/sessions/end-others", &["DELETE /api/v1/account/sessions"]),
    ("/account/leave", &["DELETE /api/v1/account"]),
    ("/account/factors/totp", &["POST /api/v1/account/factors/totp"]),
    ("/account/factors/totp/confirm", &["POST /api/v1/account/factors/totp/confirm"]),
    ("/account/factors/totp/remove", &["DELETE /api/v1/account/factors/totp"]),
    (
        "/account/factors/passkey",
        &["POST /api/v1/account/factors/passkeys", "POST /api/v1/account/factors/passkeys/options"],
    ),
    ("/account/factors/passkey/remove", &["DELETE /api/v1/account/factors/passkeys/{passkey}"]),
    ("/account/factors/recovery-codes", &["POST /api/v1/account/factors/recovery-codes"]),
    ("/account/tokens", &["POST /api/v1/tokens"]),
    ("/account/tokens/rotate", &["POST /api/v1/tokens/{id}/rotate"]),
    ("/account/tokens/revoke", &["DELETE /api/v1/tokens/{id}"]),
    ("/account/publishers", &["POST /api/v1/publishers"]),
    ("/account/publishers/remove", &["DELETE /api/v1/publishers/{id}"]),
    ("/account/organisations", &["POST /api/v1/organisations"]),
    ("/account/invitations/{id}/accept", &["POST /api/v1/invitations/{id}/accept"]),
    ("/account/invitations/{id}/decline", &["POST /api/v1/invitations/{id}/decline"]),
    ("/account/invitations/{id}/withdraw", &["DELETE /api/v1/invitations/{id}"]),
    (
        "/projects/{name}/roles",
        &["PUT /api/v1/projects/{name}/roles/{user}", "DELETE /api/v1/projects/{name}/roles/{user}"],
    ),
    ("/projects/{name}/invitations", &["POST /api/v1/projects/{name}/invitations"]),
    (
        "/projects/{name}/teams",
        &[
            "PUT /api/v1/projects/{name}/teams/{organisation}/{team}",
            "DELETE /api/v1/projects/{name}/teams/{organisation}/{team}",
        ],
    ),
    (
        "/projects/{name}/organisation",
        &["PUT /api/v1/projects/{name}/organisation", "DELETE /api/v1/projects/{name}/organisation"],
    ),
    ("/projects/{name}/leave", &["POST /api/v1/projects/{name}/leave"]),
    ("/organisations/{organisation}/invitations", &["POST /api/v1/organisations/{organisation}/invitations"]),
    (
        "/organisations/{organisation}/members",
        &[
            "PUT /api/v1/organisations/{organisation}/members/{user}",
            "DELETE /api/v1/organisations/{organisation}/members/{user}",
        ],
    ),
    ("/organisations/{organisation}/leave", &["POST /api/v1/organisations/{organisation}/leave"]),
    ("/organisations/{organisation}/dissolve", &["DELETE /api/v1/organisations/{organisation}"]),
    ("/organisations/{organisation}/teams", &["PUT /api/v1/organisations/{organisation}/teams/{team}"]),
    (
        "/organisations/{organisation}/teams/{team}/members",
        &["PUT /api/v1/organisations/{organisation}/teams/{team}/members/{user}"],
    ),
    (
        "/organisations/{organisation}/teams/{team}/remove",
        &["DELETE /api/v1/organisations/{organisation}/teams/{team}/members/{user}"],
    ),
    (
        "/organisations/{organisation}/teams/{team}/dissolve",
        &["DELETE /api/v1/organisations/{organisation}/teams/{team}"],
    ),
    ("/report/{name}", &["POST /api/v1/projects/{name}/observations"]),
    ("/appeal/{name}", &["POST /api/v1/projects/{name}/appeals"]),
    ("/uploads/{id}/appeal", &["POST /api/v1/uploads/{id}/appeals"]),
    ("/desk/projects/{name}", &["POST /api/v1/projects/{name}/review"]),
    ("/desk/observations/{id}", &["PUT /api/v1/observations/{id}/outcome"]),
    ("/desk/appeals/{id}", &["PUT /api/v1/appeals/{id}/decision"]),
    ("/desk/switches/", &["PUT /api/v1/switches/{switch}"]),
    ("/desk/switches/lift", &["DELETE /api/v1/switches/{switch}"]),
    ("/desk/breaker/pin", &["PUT /api/v1/breaker/{switch}"]),
    ("/desk/breaker/reset", &["DELETE /api/v1/breaker/{switch}"]),
    ("/desk/breaker/unblock", &["DELETE /api/v1/blocks/{kind}/{key}"]),
];

/// What programs speak that are not ours: uploads, XML-RPC, OSV, trusted publishing, leak reports. No page
/// has a form for it.
const PROTOCOLS: [&str; 11] = [
    "/legacy",
    "/legacy/",
    "/pypi",
    "/pypi/",
    "/RPC2",
    "/v1/query",
    "/v1/querybatch",
    "/_/oidc/mint-token",
    "/_/oidc/burn-token",
    "/_/oidc/github/mint-token",
    "/_/secrets/disclose-token",
];

/// Whether one lets in whom the other does.
fn same(page: Access, api: Access) -> bool {
    use fondaco_model::StaffRole::Admin;
    page == api || (page == Access::Desk(Admin) && api == Access::Managing)
}

#[test]
fn each_form_of_a_page_has_its_act_in_the_api() {
    let endpoints = fondaco_server::endpoints();
    let is_form = |one: &&Endpoint| {
        one.method != "GET" && !one.path.starts_with("/api/v1/") && !PROTOCOLS.contains(&one.path)
    };
    let forms: Vec<&Endpoint> = endpoints.iter().filter(is_form).collect();
    for form in &forms {
        assert_eq!(form.method, "POST", "{}: forms know nothing else", form.path);
        let Some((_, acts)) = PAIRS.iter().find(|(page, _)| *page == form.path) else {
            panic!("{}: what in the API does the same? Write it into PAIRS", form.path)
        };
        assert!(!acts.is_empty(), "{} has no act", form.path);
        for act in *acts {
            let is_it = |one: &&Endpoint| format!("{} {}", one.method, one.path) == *act;
            let api = endpoints.iter().find(is_it).unwrap_or_else(|| panic!("there is no {act}"));
            assert!(api.path.starts_with("/api/v1/"), "{act}");
            assert!(
                same(form.access, api.access),
                "{} is for {:?}, {act} for {:?}",
                form.path,
                form.access,
                api.access
            );
        }
    }
    let mut written: Vec<&str> = PAIRS.iter().map(|(page, _)| *page).collect();
    written.sort_unstable();
    let mut found: Vec<&str> = forms.iter().map(|form| form.path).collect();
    found.sort_unstable();
    assert_eq!(written, found, "each once, and none that is gone");
}
