//! The pages of roles, organisations and teams: without scripts, by forms and a cookie alone.

use fondaco_model::ProjectRole;
use fondaco_testkit::{Answer, Upload, Wheel, honest_module};

use crate::actors::{Kind, People, Someone};
use crate::house::House;
use crate::visitors::{send as form, send_from};

struct Stage {
    house: House,
    people: People,
}

impl Stage {
    fn new() -> Self {
        let house = House::new();
        let token = house.fondaco.token(&["--all-projects"]);
        let dist = Wheel::new("our-tool", "1.0").file("our_tool/__init__.py", honest_module()).build();
        assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
        let people = People::of(&house);
        Self { house, people }
    }

    fn cookie(&self, who: &Someone) -> String {
        format!("fondaco-session={}", who.secret)
    }

    /// A page as somebody sees it.
    #[track_caller]
    fn sees(&self, who: &Someone, path: &str) -> String {
        let answer = self.house.fondaco.get(path, &[("Cookie", &self.cookie(who))]);
        assert_eq!(answer.status, 200, "{} {path}: {}", who.name, answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let policy = answer.header("content-security-policy").unwrap();
        // A script shows a password as it is typed, and nothing else here has one.
        let has_script = policy.contains("script-src") || answer.text().contains("<script");
        assert!(!has_script || answer.text().contains(r#"type="password""#), "{path}: {policy}");
        answer.text()
    }

    fn tries(&self, who: &Someone, path: &str, fields: &[(&str, &str)]) -> Answer {
        form(&self.house.fondaco, path, Some(&self.cookie(who)), fields)
    }

    /// A form that is taken; where it leads is a page that they see, and its text.
    #[track_caller]
    fn sends(&self, who: &Someone, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.tries(who, path, fields);
        assert_eq!(answer.status, 303, "{} {path}: {}", who.name, answer.text());
        // As a browser resolves it.
        let base = led(path, answer.header("location").unwrap());
        self.sees(who, &base)
    }

    /// One that is not, with this on the page.
    #[track_caller]
    fn refused(&self, who: &Someone, path: &str, fields: &[(&str, &str)], (status, why): (u16, &str)) {
        let answer = self.tries(who, path, fields);
        assert_eq!(answer.status, status, "{} {path}: {}", who.name, answer.text());
        assert!(answer.text().contains(why), "{why:?}: {}", answer.text());
    }
}

/// Where a relative address leads from a path.
fn led(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path of the first form whose action ends like this, as the page has it.
#[track_caller]
fn action(page: &str, from: &str, ends: &str) -> String {
    let mut actions = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = actions.find(|action| action.ends_with(ends)).unwrap_or_else(|| panic!("{ends}: {page}"));
    led(from, found)
}

#[test]
fn an_organisation_its_teams_and_projects_by_the_pages() {
    let stage = Stage::new();
    let [olga, max, ann] = ["olga", "max", "ann"].map(|name| stage.people.add(name));
    stage.people.give("our-tool", &olga, ProjectRole::Owner);
    // Made, with a name that is text and no markup.
    let fields = [("name", "acme"), ("display_name", "Acme <b>&</b> \"Sons\"")];
    let page = stage.sends(&olga, "/account/organisations", &fields);
    assert!(page.contains("Acme &lt;b&gt;&amp;&lt;/b&gt;") && !page.contains("<b>&amp;"), "{page}");
    stage.refused(&max, "/account/organisations", &fields, (409, "this name is taken"));
    stage.refused(&max, "/account/organisations", &[("name", "A b")], (400, "a name of lower-case"));
    // Invited, taken back, invited again, declined, invited again, accepted.
    let invite = "/organisations/acme/invitations";
    let max_as_manager = [("user", "max"), ("role", "manager")];
    let page = stage.sends(&olga, invite, &max_as_manager);
    let withdraw = action(&page, "/organisations/acme", "/withdraw");
    stage.refused(&max, &withdraw, &[], (404, "no such open invitation"));
    let page = stage.sends(&olga, &withdraw, &[]);
    assert!(!page.contains("Open invitations"), "{page}");
    stage.sends(&olga, invite, &max_as_manager);
    stage.refused(&olga, invite, &max_as_manager, (409, "invited already"));
    let page = stage.sees(&max, "/account/roles");
    assert!(page.contains("by olga") && page.contains("until 20"), "{page}");
    let page = stage.sends(&max, &action(&page, "/account/roles", "/decline"), &[]);
    assert!(!page.contains("You are invited"), "{page}");
    stage.sends(&olga, invite, &max_as_manager);
    let page = stage.sees(&max, "/account/roles");
    let accept = action(&page, "/account/roles", "/accept");
    stage.refused(&ann, &accept, &[], (404, "no such invitation"));
    let page = stage.sends(&max, &accept, &[]);
    assert!(page.contains("organisations/acme"), "{page}");
    // A manager invites members, and is offered no more.
    let page = stage.sees(&max, "/organisations/acme");
    assert!(!page.contains("Dissolve") && !page.contains(r#"option value="owner""#), "{page}");
    stage.refused(&max, invite, &[("user", "ann"), ("role", "owner")], (403, "owner"));
    stage.sends(&max, invite, &[("user", "ann"), ("role", "member")]);
    let page = stage.sees(&ann, "/account/roles");
    stage.sends(&ann, &action(&page, "/account/roles", "/accept"), &[]);
    let page = stage.sees(&ann, "/organisations/acme");
    assert!(!page.contains("Invite") && !page.contains("Make a team"), "{page}");
    stage.refused(&ann, invite, &[("user", "max"), ("role", "member")], (403, ""));
    // A team, and who is in it.
    let page = stage.sends(&max, "/organisations/acme/teams", &[("team", "crew")]);
    assert!(page.contains("Team acme/crew"), "{page}");
    stage.refused(&max, "/organisations/acme/teams", &[("team", "crew")], (409, "such a team already"));
    stage.refused(&max, "/organisations/acme/teams", &[("team", "../x")], (400, "lower-case"));
    let page = stage.sends(&max, "/organisations/acme/teams/crew/members", &[("user", "ann")]);
    assert!(page.contains("<td>ann</td>"), "{page}");
    stage.people.add("eve");
    stage.refused(
        &max,
        "/organisations/acme/teams/crew/members",
        &[("user", "eve")],
        (404, "member of the organisation"),
    );
    // The project comes to the organisation, and to the team.
    let to = "/projects/our-tool/organisation";
    stage.refused(&olga, to, &[], (400, "the name of an organisation"));
    let page = stage.sends(&olga, to, &[("organisation", "acme")]);
    assert!(page.contains("It belongs to"), "{page}");
    let role = [("team", "acme/crew"), ("role", "maintainer")];
    stage.sends(&olga, "/projects/our-tool/teams", &role);
    assert!(stage.sees(&ann, "/account/roles").contains("our-tool</a>: maintainer"), "by her team");
    assert!(stage.sees(&max, "/account/roles").contains("our-tool</a>: maintainer"), "as a manager");
    assert!(stage.sees(&ann, "/organisations/acme/teams/crew").contains("our-tool</a>: maintainer"));
    assert!(!stage.sees(&ann, "/projects/our-tool/roles").contains("Invite"), "she only sees");
    // Out of the team, out of the organisation.
    stage.sends(&max, "/organisations/acme/teams/crew/remove", &[("user", "ann")]);
    assert!(!stage.sees(&ann, "/account/roles").contains("our-tool"));
    stage.sends(&max, "/organisations/acme/teams/crew/dissolve", &[]);
    stage.sends(&olga, "/organisations/acme/members", &[("user", "max"), ("role", "owner")]);
    stage.sends(&olga, "/organisations/acme/members", &[("user", "ann"), ("role", "none")]);
    assert_eq!(
        stage.house.fondaco.get("/organisations/acme", &[("Cookie", &stage.cookie(&ann))]).status,
        404
    );
    stage.sends(&olga, "/organisations/acme/leave", &[]);
    stage.refused(&max, "/organisations/acme/leave", &[], (409, "owner"));
    // Dissolved last, by its name.
    stage.refused(&max, "/organisations/acme/dissolve", &[("name", "acme")], (409, "transfer them first"));
    let page = stage.sends(&max, to, &[("organisation", "none")]);
    assert!(page.contains("You hold none"), "it is olga's own again: {page}");
    stage.refused(&max, "/organisations/acme/dissolve", &[("name", "other")], (400, "to be sure"));
    let page = stage.sends(&max, "/organisations/acme/dissolve", &[("name", "acme")]);
    assert!(!page.contains("organisations/acme"), "{page}");
}

#[test]
fn a_projects_people_by_the_pages() {
    let stage = Stage::new();
    let [olga, max] = ["olga", "max"].map(|name| stage.people.add(name));
    stage.people.give("our-tool", &olga, ProjectRole::Owner);
    let (roles, invite) = ("/projects/our-tool/roles", "/projects/our-tool/invitations");
    stage.sends(&olga, invite, &[("user", "max"), ("role", "maintainer")]);
    let page = stage.sees(&max, "/account/roles");
    stage.sends(&max, &action(&page, "/account/roles", "/accept"), &[]);
    stage.refused(&max, roles, &[("user", "max"), ("role", "owner")], (403, ""));
    stage.refused(&olga, "/projects/our-tool/leave", &[], (409, "owner"));
    stage.refused(&olga, roles, &[("user", "max"), ("role", "emperor")], (400, "a role"));
    stage.sends(&olga, roles, &[("user", "max"), ("role", "owner")]);
    stage.sends(&olga, "/projects/our-tool/leave", &[]);
    assert_eq!(stage.house.fondaco.get(roles, &[("Cookie", &stage.cookie(&olga))]).status, 403);
    stage.sees(&max, roles);
}

#[test]
fn another_site_moves_nobody_and_a_stale_login_is_asked_once_more() {
    let stage = Stage::new();
    let olga = stage.people.add("olga");
    stage.people.give("our-tool", &olga, ProjectRole::Owner);
    stage.people.organisation("acme", "our-tool", &[(&olga, fondaco_model::OrganisationRole::Owner)]);
    let cookie = stage.cookie(&olga);
    for path in [
        "/account/organisations",
        "/organisations/acme/members",
        "/organisations/acme/invitations",
        "/organisations/acme/teams",
        "/organisations/acme/leave",
        "/organisations/acme/dissolve",
        "/projects/our-tool/teams",
        "/projects/our-tool/organisation",
        "/projects/our-tool/leave",
    ] {
        let fields = [("name", "acme"), ("organisation", "none"), ("team", "crew")];
        for headers in [&[("Sec-Fetch-Site", "cross-site")][..], &[]] {
            let crossed = send_from(&stage.house.fondaco, path, Some(&cookie), &fields, headers);
            assert_eq!(crossed.status, 403, "{path}: {}", crossed.text());
            assert!(crossed.text().contains("another site"), "{path}: {}", crossed.text());
        }
    }
    let stale = stage.people.add_as("stale", None, Kind::Stale);
    stage.people.member("acme", &stale, fondaco_model::OrganisationRole::Owner);
    let asked = stage.tries(&stale, "/organisations/acme/dissolve", &[("name", "acme")]);
    assert_eq!(asked.status, 303);
    assert!(asked.header("location").unwrap().contains("account/confirm"), "{asked:?}");
}

/// Without a second factor nothing is managed, and the page says what to do.
#[test]
fn a_session_without_a_second_factor_is_told_to_add_one() {
    let stage = Stage::new();
    let new = stage.people.add_as("new", None, Kind::NoSecondFactor);
    let cookie = stage.cookie(&new);
    for answer in [
        stage.house.fondaco.get("/account/roles", &[("Cookie", &cookie)]),
        stage.tries(&new, "/account/organisations", &[("name", "acme")]),
    ] {
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(answer.text().contains(r#"href="../account/factors""#), "{}", answer.text());
    }
    let page = stage.sees(&new, "/account");
    assert!(page.contains("Until a second factor is shown"), "{page}");
    stage.sees(&new, "/account/factors");
}
