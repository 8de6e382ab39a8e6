//! What people are told by mail about roles: invitations, what became of them, and who owns something.

use fondaco_model::ProjectRole;
use fondaco_testkit::{Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::actors::{People, Someone};
use crate::holders::Somebody;
use crate::house::House;
use crate::visitors::{mails, wait_for_mail, wait_for_mails};

fn house() -> House {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("our-tool", "1.0").file("our_tool/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    house
}

/// The text of a mail, with broken lines joined.
fn text(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

fn own(house: &House, who: &Somebody) {
    let someone = Someone { id: who.user.id.clone(), name: who.user.name.to_string(), secret: String::new() };
    People::of(house).give("our-tool", &someone, ProjectRole::Owner);
}

fn id(answer: &fondaco_testkit::Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn who_is_invited_is_told_and_so_is_who_invited_and_who_owns() {
    let house = house();
    let [olga, max] = ["olga", "max"].map(|name| Somebody::new(&house, name));
    own(&house, &olga);
    let data = house.data.path();
    let invitations = "/api/v1/projects/our-tool/invitations";
    // Declined.
    let made = olga.api("POST", invitations, &json!({"user": "max", "role": "maintainer"}));
    let told = text(&wait_for_mail(data, &["To: max@", "Subject: You are invited"]));
    assert!(told.contains("olga invites you to be maintainer of the project our-tool"), "{told}");
    assert!(
        told.contains(&format!("{}/account/roles", house.fondaco.url("").trim_end_matches('/'))),
        "{told}"
    );
    let expires = made.json()["expires_at"].as_str().unwrap().to_owned();
    assert!(told.contains(&format!("until {expires}")), "{told}");
    let answer = max.api("POST", &format!("/api/v1/invitations/{}/decline", id(&made)), &Value::Null);
    assert_eq!(answer.status, 204);
    let told = text(&wait_for_mail(data, &["To: olga@", "Subject: Your invitation was declined"]));
    assert!(told.contains("max declined the invitation to be maintainer of the project our-tool"), "{told}");
    // Taken back.
    let made = olga.api("POST", invitations, &json!({"user": "max", "role": "maintainer"}));
    assert_eq!(olga.api("DELETE", &format!("/api/v1/invitations/{}", id(&made)), &Value::Null).status, 204);
    let told = text(&wait_for_mail(data, &["To: max@", "Subject: An invitation was taken back"]));
    assert!(told.contains("olga took back the invitation"), "{told}");
    // A maintainer is no change of ownership; an owner is.
    let made = olga.api("POST", invitations, &json!({"user": "max", "role": "maintainer"}));
    let answer = max.api("POST", &format!("/api/v1/invitations/{}/accept", id(&made)), &Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    wait_for_mail(data, &["To: olga@", "Subject: Your invitation was accepted"]);
    assert!(!mails(data).iter().any(|mail| mail.contains("ownership")));
    let role = "/api/v1/projects/our-tool/roles/max";
    assert_eq!(olga.api("PUT", role, &json!({"role": "owner"})).status, 204);
    for whom in ["olga", "max"] {
        let told = text(&wait_for_mail(data, &[&format!("To: {whom}@"), "Subject: The ownership of"]));
        assert!(told.contains("max was maintainer and is owner now. It was done by olga"), "{told}");
    }
    // An organisation: who joins it as an owner, and a project that comes to it.
    assert_eq!(olga.api("POST", "/api/v1/organisations", &json!({"name": "acme"})).status, 201);
    let order = json!({"user": "max", "role": "owner"});
    let made = olga.api("POST", "/api/v1/organisations/acme/invitations", &order);
    let told = text(&wait_for_mail(data, &["To: max@", "owner of the organisation acme"]));
    assert!(told.contains("olga invites you"), "{told}");
    let answer = max.api("POST", &format!("/api/v1/invitations/{}/accept", id(&made)), &Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    wait_for_mail(data, &["To: olga@", "the organisation acme has changed", "max became owner"]);
    let to = json!({"organisation": "acme"});
    assert_eq!(max.api("PUT", "/api/v1/projects/our-tool/organisation", &to).status, 204);
    for whom in ["olga", "max"] {
        wait_for_mail(data, &[&format!("To: {whom}@"), "in the organisation none", "acme now"]);
    }
    // By an operator on the host, too.
    let eve = Somebody::new(&house, "eve");
    house.fondaco.admin(&["role", "give", "our-tool", "eve", "--reason", "hers"]).ok();
    for whom in ["olga", "max", eve.user.name.as_str()] {
        wait_for_mail(data, &[&format!("To: {whom}@"), "eve was none and is owner now", "an operator"]);
    }
}

/// What people call themselves or an organisation is in no mail, and nothing of what they send is a line
/// of its head.
#[test]
fn no_name_is_a_header_of_a_mail() {
    let house = house();
    let [olga, max] = ["olga", "max"].map(|name| Somebody::new(&house, name));
    own(&house, &olga);
    let evil = "x\r\nBcc: everybody@example.invalid\r\n\r\nhttp://example.invalid/";
    for name in [evil, "x\nBcc: y@example.invalid", "x\u{85}y", "x\u{2028}Bcc: y", "x\0y"] {
        // Refused, or kept out.
        olga.api("PUT", "/api/v1/account", &json!({"display_name": name}));
        let organisation = json!({"name": "acme", "display_name": name});
        olga.api("POST", "/api/v1/organisations", &organisation);
        for role in ["owner", name] {
            for whom in ["max", name] {
                let path = "/api/v1/projects/our-tool/invitations";
                let made = olga.api("POST", path, &json!({"user": whom, "role": role}));
                assert!(matches!(made.status, 201 | 400 | 404 | 409), "{}", made.text());
            }
        }
    }
    olga.api("POST", "/api/v1/organisations", &json!({"name": "fine", "display_name": "EVERYBODY click"}));
    let order = json!({"user": "max", "role": "member"});
    assert_eq!(olga.api("POST", "/api/v1/organisations/fine/invitations", &order).status, 201);
    wait_for_mail(house.data.path(), &["To: max@", "the organisation fine"]);
    let all = wait_for_mails(house.data.path(), 2);
    for mail in &all {
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> =
            head.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
        let known = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Content-Type",
            "Content-Transfer-Encoding",
            "MIME-Version",
        ];
        let odd: Vec<_> = names.iter().filter(|name| !known.contains(name)).collect();
        assert!(odd.is_empty(), "{odd:?} in {mail}");
        assert!(
            !body.contains("Bcc") && !body.contains("example.invalid/") && !body.contains("EVERYBODY"),
            "{mail}"
        );
    }
    drop(max);
}

/// Nobody's mailbox is filled by being invited again and again.
#[test]
fn many_invitations_are_a_few_mails() {
    let house = house();
    let [olga, max] = ["olga", "max"].map(|name| Somebody::new(&house, name));
    own(&house, &olga);
    for _ in 0..14 {
        let order = json!({"user": "max", "role": "maintainer"});
        let made = olga.api("POST", "/api/v1/projects/our-tool/invitations", &order);
        let answer = max.api("POST", &format!("/api/v1/invitations/{}/decline", id(&made)), &Value::Null);
        assert_eq!(answer.status, 204);
    }
    // The last of these to be queued.
    let declined = |mails: &[String]| mails.iter().filter(|mail| mail.contains("was declined")).count();
    let mut all = wait_for_mails(house.data.path(), 24);
    while declined(&all) < 14 {
        all = wait_for_mails(house.data.path(), all.len() + 1);
    }
    assert_eq!(all.iter().filter(|mail| mail.contains("Subject: You are invited")).count(), 10);
}
