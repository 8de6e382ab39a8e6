//! Files wait for their age.

use fondaco_testkit::{Clients, Installer};

use crate::house::{House, path, wheel};

/// Long before any test.
pub(crate) const OLD: &str = "2020-01-01T00:00:00Z";

#[test]
fn what_is_too_new_waits_and_an_older_version_is_installed() {
    let house = House::with_config(
        "[cooldown]\nmin_age = '3d'\n[[cooldown.rules]]\nproject = 'urgent-lib'\nmin_age = '0d'\n\
         reason = 'fix'\nwho = 'me'\n",
    );
    let (old, new) = (wheel("patient-lib", "1.0"), wheel("patient-lib", "2.0"));
    let lately = rfc3339_hours_ago(2);
    house.upstream.publish(&old).uploaded(OLD);
    house.upstream.publish(&new).uploaded(&lately);
    house.upstream.publish(&wheel("urgent-lib", "1.0")).uploaded(&lately);
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "patient-lib", "urgent-lib"]).ok();
    clients.uv(&["pip", "install", "--default-index", &index, "patient-lib", "urgent-lib"]).ok();
    for installer in [Installer::Pip, Installer::Uv] {
        assert_eq!(clients.installed(installer), ["patient_lib-1.0", "urgent_lib-1.0"]);
    }
    let listed = house.listed("patient-lib", &new.file_name);
    assert!(
        listed["yanked"].as_str().unwrap().starts_with("held by Fondaco (too new: served from "),
        "{listed}"
    );
    let answer = house.fondaco.get(&path("patient-lib", &new), &[]);
    assert_eq!(answer.status, 403);
    assert!(answer.reason.contains("too new"), "{}", answer.reason);
    let problem = answer.json();
    assert!(problem["refusal"]["too_new"]["2"].is_string(), "the versions that wait are named: {problem:#}");
    assert_eq!(
        house.upstream.count(&house.upstream.file(&new.file_name).path()),
        0,
        "it was not even fetched"
    );
    // An operator who has looked does not wait.
    house.fondaco.admin(&["allow", &new.sha256().to_string(), "--reason", "needed today"]).ok();
    assert_eq!(house.fondaco.get(&path("patient-lib", &new), &[]).status, 200);
}

#[test]
fn a_file_that_comes_late_to_an_old_release_waits_alone() {
    let house = House::with_config("[cooldown]\nmin_age = '3d'\n");
    let dist = wheel("late-lib", "1.0");
    let late =
        fondaco_testkit::Wheel::new("late-lib", "1.0").tag("cp314-cp314-any").file("late_lib.py", "").build();
    house.upstream.publish(&dist).uploaded(OLD);
    house.upstream.publish(&late).uploaded(&rfc3339_hours_ago(1));
    assert_eq!(house.fondaco.get(&path("late-lib", &dist), &[]).status, 200);
    assert_eq!(house.fondaco.get(&path("late-lib", &late), &[]).status, 403);
}

/// An instant so many hours ago.
pub(crate) fn rfc3339_hours_ago(hours: u64) -> String {
    let output = std::process::Command::new("date")
        .args(["-u", "-d", &format!("{hours} hours ago"), "+%Y-%m-%dT%H:%M:%SZ"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
