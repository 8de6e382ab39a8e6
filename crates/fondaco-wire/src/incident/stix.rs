//! A STIX 2.1 bundle (OASIS): the campaign, an indicator for each thing to look for, and how they
//! belong together. Ids are made of what they name, so that the same incident gives the same bundle.

use fondaco_model::rfc3339;
use fondaco_pydist::Sha256;
use serde_json::{Value, json};

use super::{Incident, Observable, ObservableKind};

/// The bundle.
pub fn bundle(incidents: &[Incident]) -> Value {
    let objects: Vec<Value> = incidents.iter().flat_map(objects).collect();
    let names: Vec<String> = incidents.iter().map(Incident::name).collect();
    json!({"type": "bundle", "id": id("bundle", &names.join(" ")), "objects": objects})
}

fn objects(incident: &Incident) -> Vec<Value> {
    let name = incident.name();
    let (created, modified) = (rfc3339(incident.opened_at()), rfc3339(incident.changed_at()));
    let own = incident.campaign.as_ref().map(|_| id("campaign", &name));
    let object = |kind: &str, id: &str, more: Value| {
        let mut object =
            json!({"type": kind, "spec_version": "2.1", "id": id, "created": created, "modified": modified});
        if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
            object.extend(more);
        }
        object
    };
    let about = format!("{} packages with the same payloads, hosts or code", incident.projects().len());
    let mut objects: Vec<Value> =
        own.iter().map(|own| object("campaign", own, json!({"name": name, "description": about}))).collect();
    let mut seen = std::collections::BTreeSet::new();
    for one in incident.observables() {
        let Some(pattern) = pattern(&one) else { continue };
        let indicator = id("indicator", &format!("{name} {pattern}"));
        if !seen.insert(indicator.clone()) {
            continue;
        }
        let more = json!({
            "name": format!("{} in {}", one.kind.id(), one.project),
            "description": format!("found in {}, as a part of {name}", one.project),
            "indicator_types": ["malicious-activity"],
            "pattern": pattern,
            "pattern_type": "stix",
            "valid_from": created,
        });
        objects.push(object("indicator", &indicator, more));
        if let Some(own) = &own {
            let relationship = id("relationship", &format!("{indicator} {own}"));
            let more = json!({"relationship_type": "indicates", "source_ref": indicator, "target_ref": own});
            objects.push(object("relationship", &relationship, more));
        }
    }
    objects
}

/// What to look for; names of projects are no observable of STIX.
fn pattern(one: &Observable) -> Option<String> {
    let value = one.value.replace('\\', "\\\\").replace('\'', "\\'");
    match one.kind {
        ObservableKind::Sha256 => Some(format!("[file:hashes.'SHA-256' = '{value}']")),
        ObservableKind::Domain => Some(format!("[domain-name:value = '{value}']")),
        ObservableKind::Address => Some(format!("[ipv4-addr:value = '{value}']")),
        ObservableKind::Project => None,
    }
}

/// An id whose UUID is made of a name. It has the form of version 5, with SHA-256 in the place of SHA-1:
/// version 8 (RFC 9562), which it is, is none that the schema of STIX knows.
fn id(kind: &str, name: &str) -> String {
    let digest = Sha256::of(format!("{kind} {name}").as_bytes()).to_string();
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{kind}--{}-{}-5{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
