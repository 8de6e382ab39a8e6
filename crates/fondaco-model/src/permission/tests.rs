use jiff::Timestamp;

use super::*;
use crate::{LastOwner, TokenScope, keeps_an_owner};

fn user(name: &str) -> UserId {
    let mut bits = [0; 10];
    for (bit, byte) in bits.iter_mut().zip(name.bytes()) {
        *bit = byte;
    }
    UserId::from_random(bits)
}

fn person(name: &str) -> Principal {
    Principal {
        id: user(name),
        means: Means::Session { second_factor: true },
        frozen: false,
        staff: None,
        organisations: BTreeMap::new(),
        teams: BTreeSet::new(),
    }
}

fn member(name: &str, role: OrganisationRole) -> Principal {
    Principal { organisations: [("acme".parse().unwrap(), role)].into(), ..person(name) }
}

fn staff(role: StaffRole) -> Principal {
    Principal { staff: Some(role), ..person("staff") }
}

fn holders() -> Holders {
    Holders {
        people: [(user("olga"), ProjectRole::Owner), (user("max"), ProjectRole::Maintainer)].into(),
        organisation: Some("acme".parse().unwrap()),
        teams: [
            ("acme/release".parse().unwrap(), ProjectRole::Maintainer),
            ("acme/leads".parse().unwrap(), ProjectRole::Owner),
        ]
        .into(),
    }
}

fn token(manages: bool, projects: &[&str]) -> Actor {
    Actor::Token(Box::new(Token {
        id: "0".to_owned(),
        label: String::new(),
        digest: fondaco_pydist::Sha256::of(b""),
        scope: TokenScope::Named {
            projects: projects.iter().map(|name| name.parse().unwrap()).collect(),
            namespaces: Vec::new(),
        },
        teams: Vec::new(),
        manages,
        holder: None,
        made_by: String::new(),
        made_at: Timestamp::UNIX_EPOCH,
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }))
}

/// One letter an act, in the order of [`ProjectAct::ALL`]: `+` may, `-` may not.
fn row(actor: &Actor) -> String {
    let name = "tool".parse().unwrap();
    let sign = |act: &ProjectAct| if may(actor, *act, &name, &holders()).is_ok() { '+' } else { '-' };
    ProjectAct::ALL.iter().map(sign).collect()
}

#[test]
fn who_may_do_what_with_a_project() {
    let of = |person: Principal| row(&Actor::Person(Box::new(person)));
    // roles: see, manage, transfer; upload, yank, status, delete; review: see, do
    assert_eq!(row(&Actor::Anonymous), "---------");
    assert_eq!(of(person("stranger")), "---------");
    assert_eq!(of(person("max")), "+--++----");
    assert_eq!(of(person("olga")), "+++++++--");
    assert_eq!(of(member("ann", OrganisationRole::Member)), "---------");
    assert_eq!(of(member("ann", OrganisationRole::Manager)), "+--++----");
    assert_eq!(of(member("ann", OrganisationRole::Owner)), "+++++++--");
    assert_eq!(of(staff(StaffRole::Observer)), "+------+-");
    assert_eq!(of(staff(StaffRole::Reviewer)), "+------++");
    assert_eq!(of(staff(StaffRole::Admin)), "+++-+++++", "uploads are somebody's");
    assert_eq!(row(&token(false, &["tool"])), "---+-----");
    assert_eq!(row(&token(false, &["other"])), "---------");
    assert_eq!(row(&token(true, &[])), "+++-+++++");
}

#[test]
fn a_frozen_person_one_without_second_factor_and_a_token_of_an_owner() {
    let olga = |change: fn(&mut Principal)| {
        let mut olga = Principal { staff: Some(StaffRole::Admin), ..person("olga") };
        change(&mut olga);
        row(&Actor::Person(Box::new(olga)))
    };
    assert_eq!(olga(|olga| olga.frozen = true), "---------");
    assert_eq!(olga(|olga| olga.means = Means::Session { second_factor: false }), "---------");
    assert_eq!(olga(|olga| olga.means = Means::Token), "---+-----");
}

#[test]
fn teams_count_on_projects_of_their_organisation_and_for_its_members_only() {
    let in_team = |mut person: Principal, team: &str| {
        person.teams.insert(team.parse().unwrap());
        person
    };
    let ann = || member("ann", OrganisationRole::Member);
    assert_eq!(in_team(ann(), "acme/release").role_on(&holders()), Some(ProjectRole::Maintainer));
    assert_eq!(in_team(ann(), "acme/leads").role_on(&holders()), Some(ProjectRole::Owner));
    assert_eq!(in_team(ann(), "leads").role_on(&holders()), None);
    assert_eq!(in_team(person("gone"), "acme/leads").role_on(&holders()), None, "left the organisation");
    // A role that a transfer has left behind is none.
    let moved = Holders { organisation: Some("others".parse().unwrap()), ..holders() };
    assert_eq!(in_team(ann(), "acme/leads").role_on(&moved), None);
    let alone = Holders { organisation: None, ..holders() };
    assert_eq!(in_team(ann(), "acme/leads").role_on(&alone), None);
}

#[test]
fn managers_hand_on_no_more_than_they_have() {
    let acme = "acme".parse().unwrap();
    let may = |person: &Principal, act| may_in(&Actor::Person(Box::new(person.clone())), act, &acme).is_ok();
    let manager = member("ann", OrganisationRole::Manager);
    assert!(may(&manager, OrganisationAct::Give(OrganisationRole::Member)));
    assert!(!may(&manager, OrganisationAct::Give(OrganisationRole::Manager)));
    assert!(!may(&manager, OrganisationAct::Give(OrganisationRole::Owner)));
    assert!(may(&manager, OrganisationAct::FillTeam(None)));
    assert!(may(&manager, OrganisationAct::FillTeam(Some(ProjectRole::Maintainer))));
    assert!(!may(&manager, OrganisationAct::FillTeam(Some(ProjectRole::Owner))));
    assert!(!may(&manager, OrganisationAct::MakeTeam(Some(ProjectRole::Owner))));
    assert!(!may(&manager, OrganisationAct::Dissolve));
    let ordinary = member("ann", OrganisationRole::Member);
    assert!(may(&ordinary, OrganisationAct::See));
    assert!(!may(&ordinary, OrganisationAct::Give(OrganisationRole::Member)));
    assert!(!may(&ordinary, OrganisationAct::FillTeam(None)));
    assert!(may(&member("ann", OrganisationRole::Owner), OrganisationAct::Dissolve));
    assert!(!may(&person("stranger"), OrganisationAct::See));
    assert!(may(&staff(StaffRole::Observer), OrganisationAct::See));
    assert!(!may(&staff(StaffRole::Reviewer), OrganisationAct::FillTeam(None)));
}

#[test]
fn the_last_owner_stays() {
    let alone = Holders { organisation: None, ..holders() };
    assert_eq!(alone.keep_an_owner(&user("olga"), None), Err(LastOwner));
    assert_eq!(alone.keep_an_owner(&user("olga"), Some(ProjectRole::Maintainer)), Err(LastOwner));
    assert_eq!(alone.keep_an_owner(&user("olga"), Some(ProjectRole::Owner)), Ok(()));
    assert_eq!(alone.keep_an_owner(&user("max"), None), Ok(()));
    assert_eq!(holders().keep_an_owner(&user("olga"), None), Ok(()), "the organisation's owners stay");
    assert_eq!(alone.keep_an_owner_alone(), Ok(()));
    assert_eq!(Holders::default().keep_an_owner_alone(), Err(LastOwner));
    let members = [(user("ann"), OrganisationRole::Owner), (user("bob"), OrganisationRole::Manager)].into();
    assert_eq!(keeps_an_owner(&members, &user("ann"), None), Err(LastOwner));
    assert_eq!(keeps_an_owner(&members, &user("ann"), Some(OrganisationRole::Member)), Err(LastOwner));
    assert_eq!(keeps_an_owner(&members, &user("bob"), None), Ok(()));
}
