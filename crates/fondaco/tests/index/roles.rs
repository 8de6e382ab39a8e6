//! Who holds projects: roles, invitations, organisations, teams; and what owners and staff do.

use fondaco_model::{OrganisationRole, ProjectRole, StaffRole};
use fondaco_testkit::{Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::actors::{Kind, People, Someone};
use crate::house::House;

/// A house with projects of our own that nobody holds.
fn house(projects: &[&str]) -> House {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    for name in projects {
        let module = format!("{}/__init__.py", name.replace('-', "_"));
        let dist = Wheel::new(name, "1.0").file(&module, honest_module()).build();
        let sent = Upload::of(&dist).send(&house.fondaco, &token);
        assert_eq!(sent.status, 200, "{}", sent.text());
    }
    house
}

const NONE: Value = Value::Null;

#[test]
fn an_invitation_is_taken_once_by_the_invited_and_the_last_owner_stays() {
    let house = house(&["our-tool"]);
    let people = People::of(&house);
    let [olga, max, eve] = ["olga", "max", "eve"].map(|name| people.add(name));
    let given = house.fondaco.admin(&["role", "give", "our-tool", "olga", "--reason", "hers"]).ok();
    assert!(given.stdout.contains("olga is an owner"), "{}", given.stdout);
    let roles = "/api/v1/projects/our-tool/roles";
    let invitations = "/api/v1/projects/our-tool/invitations";
    eve.gets(&house, ("GET", roles), &NONE, 403);
    eve.gets(&house, ("POST", invitations), &json!({"user": "eve", "role": "owner"}), 403);
    let order = json!({"user": "max", "role": "maintainer"});
    let id = olga.gets(&house, ("POST", invitations), &order, 201).json()["id"].as_str().unwrap().to_owned();
    olga.gets(&house, ("POST", invitations), &order, 409);
    olga.gets(&house, ("POST", invitations), &json!({"user": "nobody", "role": "owner"}), 404);
    // Nothing but what is written down is taken.
    olga.gets(
        &house,
        ("POST", invitations),
        &json!({"user": "eve", "role": "owner", "state": "accepted"}),
        400,
    );
    let told = max.gets(&house, ("GET", "/api/v1/invitations"), &NONE, 200).json();
    assert_eq!((&told["invitations"][0]["id"], &told["invitations"][0]["by"]), (&json!(id), &json!("olga")));
    let accept = format!("/api/v1/invitations/{id}/accept");
    eve.gets(&house, ("POST", &accept), &NONE, 404);
    eve.gets(&house, ("DELETE", &format!("/api/v1/invitations/{id}")), &NONE, 404);
    max.gets(&house, ("POST", &accept), &NONE, 200);
    max.gets(&house, ("POST", &accept), &NONE, 404);
    // A maintainer sees and does not give: the two permissions are apart.
    let told = max.gets(&house, ("GET", roles), &NONE, 200).json();
    assert_eq!(told["people"].as_array().unwrap().len(), 2, "{told}");
    max.gets(&house, ("PUT", &format!("{roles}/max")), &json!({"role": "owner"}), 403);
    max.gets(&house, ("POST", invitations), &json!({"user": "eve", "role": "owner"}), 403);
    max.gets(&house, ("DELETE", &format!("{roles}/olga")), &NONE, 403);
    olga.gets(&house, ("POST", "/api/v1/projects/our-tool/leave"), &NONE, 409);
    olga.gets(&house, ("PUT", &format!("{roles}/olga")), &json!({"role": "maintainer"}), 409);
    olga.gets(&house, ("DELETE", &format!("{roles}/olga")), &NONE, 409);
    olga.gets(&house, ("PUT", &format!("{roles}/eve")), &json!({"role": "owner"}), 404);
    olga.gets(&house, ("PUT", &format!("{roles}/max")), &json!({"role": "owner"}), 204);
    olga.gets(&house, ("POST", "/api/v1/projects/our-tool/leave"), &NONE, 204);
    olga.gets(&house, ("GET", roles), &NONE, 403);
    max.gets(&house, ("DELETE", &format!("{roles}/max")), &NONE, 409);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    for action in ["\"set-role\"", "\"invite\"", "\"answer-invitation\""] {
        assert!(audit.contains(action), "{audit}");
    }
    let kinds = house.fondaco.journal().into_iter().filter(|entry| entry["kind"] == "roles-changed").count();
    assert_eq!(kinds, 4, "given, accepted, changed, left");
}

#[test]
fn an_invitation_dies_with_the_right_to_invite() {
    let house = house(&["our-tool"]);
    let people = People::of(&house);
    let [olga, max, eve] = ["olga", "max", "eve"].map(|name| people.add(name));
    people.give("our-tool", &olga, ProjectRole::Owner);
    people.give("our-tool", &max, ProjectRole::Owner);
    let order = json!({"user": "eve", "role": "owner"});
    let made = max.gets(&house, ("POST", "/api/v1/projects/our-tool/invitations"), &order, 201).json();
    olga.gets(&house, ("DELETE", "/api/v1/projects/our-tool/roles/max"), &NONE, 204);
    let accept = format!("/api/v1/invitations/{}/accept", made["id"].as_str().unwrap());
    eve.gets(&house, ("POST", &accept), &NONE, 404);
    eve.gets(&house, ("GET", "/api/v1/projects/our-tool/roles"), &NONE, 403);
    olga.gets(&house, ("DELETE", accept.trim_end_matches("/accept")), &NONE, 204);
    eve.gets(&house, ("POST", &accept.replace("/accept", "/decline")), &NONE, 404);
}

#[test]
fn teams_lose_their_roles_with_a_transfer_and_people_theirs_with_leaving() {
    let house = house(&["our-tool"]);
    let people = People::of(&house);
    let [olga, ann, bob] = ["olga", "ann", "bob"].map(|name| people.add(name));
    people.give("our-tool", &olga, ProjectRole::Owner);
    olga.gets(&house, ("POST", "/api/v1/organisations"), &json!({"name": "acme"}), 201);
    ann.gets(&house, ("POST", "/api/v1/organisations"), &json!({"name": "acme"}), 409);
    ann.gets(&house, ("GET", "/api/v1/organisations/acme"), &NONE, 404);
    for (user, role) in [("ann", "member"), ("bob", "manager")] {
        let order = json!({"user": user, "role": role});
        let made = olga.gets(&house, ("POST", "/api/v1/organisations/acme/invitations"), &order, 201).json();
        let accept = format!("/api/v1/invitations/{}/accept", made["id"].as_str().unwrap());
        let whom = if user == "ann" { &ann } else { &bob };
        whom.gets(&house, ("POST", &accept), &NONE, 200);
    }
    let crew = "/api/v1/organisations/acme/teams/crew";
    ann.gets(&house, ("PUT", crew), &NONE, 403);
    bob.gets(&house, ("PUT", crew), &NONE, 204);
    bob.gets(&house, ("PUT", &format!("{crew}/members/ann")), &NONE, 204);
    // A manager hands on no more than they have.
    bob.gets(&house, ("PUT", "/api/v1/organisations/acme/members/ann"), &json!({"role": "manager"}), 403);
    bob.gets(&house, ("DELETE", "/api/v1/organisations/acme/members/olga"), &NONE, 403);
    let role = "/api/v1/projects/our-tool/teams/acme/crew";
    olga.gets(&house, ("PUT", role), &json!({"role": "maintainer"}), 404);
    olga.gets(
        &house,
        ("PUT", "/api/v1/projects/our-tool/organisation"),
        &json!({"organisation": "acme"}),
        204,
    );
    olga.gets(&house, ("PUT", role), &json!({"role": "owner"}), 204);
    let roles = "/api/v1/projects/our-tool/roles";
    ann.gets(&house, ("GET", roles), &NONE, 200);
    ann.gets(
        &house,
        ("PUT", "/api/v1/projects/our-tool/status"),
        &json!({"status": "archived", "reason": "r"}),
        204,
    );
    // What has an owner's role is filled by owners alone.
    bob.gets(&house, ("PUT", &format!("{crew}/members/bob")), &NONE, 403);
    bob.gets(&house, ("DELETE", crew), &NONE, 403);
    olga.gets(&house, ("DELETE", "/api/v1/organisations/acme"), &NONE, 409);
    // Out and in again: the team's role is gone.
    olga.gets(&house, ("DELETE", "/api/v1/projects/our-tool/organisation"), &NONE, 204);
    ann.gets(&house, ("GET", roles), &NONE, 403);
    olga.gets(
        &house,
        ("PUT", "/api/v1/projects/our-tool/organisation"),
        &json!({"organisation": "acme"}),
        204,
    );
    ann.gets(&house, ("GET", roles), &NONE, 403);
    olga.gets(&house, ("PUT", role), &json!({"role": "maintainer"}), 204);
    ann.gets(&house, ("GET", roles), &NONE, 200);
    ann.gets(&house, ("POST", "/api/v1/organisations/acme/leave"), &NONE, 204);
    ann.gets(&house, ("GET", roles), &NONE, 403);
    olga.gets(&house, ("POST", "/api/v1/organisations/acme/leave"), &NONE, 409);
    // With the organisation's owners there the project may lose its own.
    olga.gets(&house, ("POST", "/api/v1/projects/our-tool/leave"), &NONE, 204);
    olga.gets(&house, ("GET", roles), &NONE, 200);
    olga.gets(&house, ("DELETE", "/api/v1/projects/our-tool/organisation"), &NONE, 409);
}

#[test]
fn owners_manage_their_projects_and_staff_reviews_all() {
    let house = house(&["our-tool", "their-tool"]);
    let people = People::of(&house);
    let olga = people.add("olga");
    people.give("our-tool", &olga, ProjectRole::Owner);
    let reviewer = people.add_as("rita", Some(StaffRole::Reviewer), Kind::Full);
    let observer = people.add_as("oskar", Some(StaffRole::Observer), Kind::Full);
    let of = |act: &str| format!("/api/v1/projects/our-tool/{act}");
    let release = json!({"version": "1.0", "reason": "broken"});
    olga.gets(&house, ("POST", &of("yank")), &release, 204);
    assert_eq!(house.listing("our-tool")["files"][0]["yanked"], "broken");
    olga.gets(&house, ("POST", &of("unyank")), &release, 204);
    assert_eq!(house.listing("our-tool")["files"][0]["yanked"], false);
    olga.gets(&house, ("POST", &of("yank")), &json!({"reason": "all of it"}), 400);
    olga.gets(&house, ("POST", &of("yank")), &json!({"file": "their_tool-1.0-py3-none-any.whl"}), 404);
    olga.gets(&house, ("POST", "/api/v1/projects/their-tool/yank"), &release, 403);
    olga.gets(&house, ("POST", &of("quarantine")), &json!({"reason": "r"}), 403);
    reviewer.gets(&house, ("POST", &of("delete")), &release, 403);
    observer.gets(&house, ("POST", &of("quarantine")), &json!({"reason": "r"}), 403);
    reviewer.gets(&house, ("POST", &of("quarantine")), &json!({}), 400);
    reviewer.gets(&house, ("POST", &of("quarantine")), &json!({"reason": "suspect"}), 204);
    reviewer.gets(&house, ("POST", &of("notes")), &json!({"text": "asked the owner"}), 204);
    let told = observer.gets(&house, ("GET", &of("review")), &NONE, 200).json();
    assert_eq!(told["quarantines"][0]["reason"], "suspect", "{told}");
    assert_eq!(told["notes"][0]["text"], "asked the owner", "{told}");
    observer.gets(&house, ("POST", &of("notes")), &json!({"text": "x"}), 403);
    olga.gets(&house, ("GET", &of("review")), &NONE, 403);
    reviewer.gets(&house, ("POST", &of("unquarantine")), &json!({"reason": "fine"}), 204);
    let sha256 = house.listing("our-tool")["files"][0]["hashes"]["sha256"].as_str().unwrap().to_owned();
    let rulings = format!("/api/v1/files/{sha256}/rulings");
    observer.gets(&house, ("POST", &rulings), &json!({"decision": "hold", "reason": "r"}), 403);
    let made =
        reviewer.gets(&house, ("POST", &rulings), &json!({"decision": "hold", "reason": "confirmed"}), 201);
    let listed = observer.gets(&house, ("GET", "/api/v1/rulings"), &NONE, 200).json();
    assert_eq!(listed["rulings"][0]["reason"], "confirmed", "{listed}");
    let withdrawn = format!("/api/v1/rulings/{}?reason=mistaken", made.json()["id"]);
    reviewer.gets(&house, ("DELETE", &withdrawn), &NONE, 204);
    olga.gets(&house, ("POST", &of("delete")), &release, 204);
    assert_eq!(house.fondaco.get("/simple/our-tool/", &[]).status, 404, "nothing is left of it");
    olga.gets(&house, ("POST", &of("undelete")), &release, 204);
    // A switch stops owners and not reviewers; deletions have one of their own.
    house.fondaco.admin(&["switch", "on", "no-management", "--reason", "a wave"]).ok();
    olga.gets(&house, ("POST", &of("yank")), &release, 403);
    olga.gets(&house, ("POST", &of("invitations")), &json!({"user": "rita", "role": "owner"}), 403);
    olga.gets(&house, ("POST", "/api/v1/organisations"), &json!({"name": "acme"}), 403);
    reviewer.gets(&house, ("POST", &of("quarantine")), &json!({"reason": "r"}), 204);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains(&olga.id.to_string()) && audit.contains(&reviewer.id.to_string()), "{audit}");
}

#[test]
fn what_is_sensitive_needs_the_password_once_more() {
    let house = house(&["our-tool"]);
    let people = People::of(&house);
    let stale = people.add_as("olga", None, Kind::Stale);
    people.give("our-tool", &stale, ProjectRole::Owner);
    let of = |act: &str| format!("/api/v1/projects/our-tool/{act}");
    stale.gets(&house, ("GET", &of("roles")), &NONE, 200);
    stale.gets(&house, ("POST", &of("yank")), &json!({"version": "1.0", "reason": "r"}), 204);
    let denied = stale.gets(&house, ("POST", &of("delete")), &json!({"version": "1.0", "reason": "r"}), 403);
    assert!(denied.text().contains("password once more"), "{}", denied.text());
    stale.gets(&house, ("POST", &of("invitations")), &json!({"user": "olga", "role": "owner"}), 403);
}

#[test]
fn people_read_what_their_roles_teams_and_organisations_may() {
    let house = House::with_config("[reading.layers]\nown = ['acme/insiders']\n");
    let token = house.fondaco.token(&["--all-projects"]);
    for name in ["our-tool", "our-other"] {
        let module = format!("{}/__init__.py", name.replace('-', "_"));
        let dist = Wheel::new(name, "1.0").file(&module, honest_module()).build();
        assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    }
    let people = People::of(&house);
    let [max, ann, ina, eve] = ["max", "ann", "ina", "eve"].map(|name| people.add(name));
    people.give("our-tool", &max, ProjectRole::Maintainer);
    let member = OrganisationRole::Member;
    people.organisation("acme", "our-tool", &[(&ann, member), (&ina, member)]);
    people.team("acme/insiders", &ina, ("our-tool", ProjectRole::Maintainer));
    for (who, tool, other) in [(&max, 200, 404), (&ann, 200, 404), (&ina, 200, 200), (&eve, 404, 404)] {
        who.gets(&house, ("GET", "/simple/our-tool/"), &NONE, tool);
        who.gets(&house, ("GET", "/simple/our-other/"), &NONE, other);
    }
    // What one may not read one is not told of, also not by what one may not do.
    let hidden = eve.gets(&house, ("GET", "/api/v1/projects/our-tool/roles"), &NONE, 404).text();
    let absent = eve.gets(&house, ("GET", "/api/v1/projects/nowhere/roles"), &NONE, 404).text();
    assert_eq!(hidden, absent);
    ann.gets(&house, ("GET", "/api/v1/projects/our-tool/roles"), &NONE, 403);
}

#[test]
fn the_last_owner_of_an_organisation_stays() {
    let house = house(&["our-tool"]);
    let people = People::of(&house);
    let [olga, max] = ["olga", "max"].map(|name| people.add(name));
    people.organisation(
        "acme",
        "our-tool",
        &[(&olga, OrganisationRole::Owner), (&max, OrganisationRole::Manager)],
    );
    let member = |name: &str| format!("/api/v1/organisations/acme/members/{name}");
    let kept = |who: &Someone, at: (&str, &str), body: Value| {
        let text = who.gets(&house, at, &body, 409).text();
        assert!(text.contains("last owner"), "{text}");
    };
    kept(&olga, ("POST", "/api/v1/organisations/acme/leave"), NONE);
    kept(&olga, ("DELETE", &member("olga")), NONE);
    kept(&olga, ("PUT", &member("olga")), json!({"role": "member"}));
    assert_eq!(olga.ask(&house, "DELETE", "/api/v1/account", &NONE).status, 409, "nor by leaving for good");
    // Two who go at once: one of them stays.
    olga.gets(&house, ("PUT", &member("max")), &json!({"role": "owner"}), 204);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let leave = |who: &Someone| who.ask(&house, "POST", "/api/v1/organisations/acme/leave", &NONE).status;
        let both = [&olga, &max].map(|who| scope.spawn(move || leave(who)));
        both.map(|one| one.join().unwrap()).into()
    });
    assert!(statuses.contains(&204) && statuses.contains(&409), "{statuses:?}");
}

/// Whose a project is does not turn on the way in which they have it: appeals, publishers, tokens and the
/// list of one's own take owners by a team or an organisation as they take others.
#[test]
fn owners_by_a_team_or_an_organisation_are_owners_everywhere() {
    let house = house(&["our-tool", "their-tool"]);
    let people = People::of(&house);
    let [lead, member, plain, stranger] =
        ["lead", "member", "plain", "stranger"].map(|name| people.add(name));
    people.organisation("acme", "our-tool", &[(&lead, OrganisationRole::Owner)]);
    for who in [&member, &plain] {
        people.member("acme", who, OrganisationRole::Member);
    }
    people.team("acme/crew", &member, ("our-tool", ProjectRole::Owner));
    // A team has no say where its organisation has none.
    let project = "their-tool".parse().unwrap();
    crate::visitors::in_store(&house, async |store| {
        let mut tx = store.begin().await.unwrap();
        let team = "acme/crew".parse().unwrap();
        tx.set_team_role(&project, &team, Some(ProjectRole::Owner)).await.unwrap();
        tx.commit().await.unwrap();
    });
    let text = json!({"text": "it is the fixture of a test"});
    let appeals = "/api/v1/projects/our-tool/appeals";
    // Who owns it is told that nothing is frozen by an act, or is heard; to everybody else it is none.
    for (who, hears) in [(&lead, true), (&member, true), (&plain, false), (&stranger, false)] {
        let status = who.ask(&house, "POST", appeals, &text).status;
        assert_eq!(matches!(status, 202 | 409), hears, "{}: {status}", who.name);
        let page = who.ask(&house, "GET", "/appeal/our-tool", &NONE);
        assert_eq!(page.status, if hears { 200 } else { 404 }, "{}", who.name);
        assert_eq!(who.ask(&house, "POST", "/api/v1/projects/their-tool/appeals", &text).status, 404);
    }
    // Frozen, they are still heard.
    people.freeze(&member);
    assert_eq!(member.ask(&house, "GET", "/appeal/our-tool", &NONE).status, 200);
    assert_eq!(member.ask(&house, "GET", "/api/v1/projects/our-tool/roles", &NONE).status, 401);
    let page = lead.ask(&house, "GET", "/account/roles", &NONE).text();
    assert!(page.contains("our-tool</a>: owner"), "{page}");
}
