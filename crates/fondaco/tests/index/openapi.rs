//! schemathesis holds what the index answers against the document that it gives of itself.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Clients, Tool, Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::house::{House, path, wheel};
use crate::known_malware::{import, record};

#[test]
fn the_answers_are_as_the_document_says() {
    // What is looked at here is more than a word about a limit.
    let house = House::with_config("[limits]\nreports = '1000000/1m'\n");
    // Something of everything, so that answers have content.
    let token = house.fondaco.token(&["--all-projects"]);
    let ours = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    let sent = Upload::of(&ours).send(&house.fondaco, &token);
    assert_eq!(sent.status, 200);
    let (good, bad) = (wheel("flask", "1.0"), attacks::WALLET_STEALER.wheel().unwrap());
    house.upstream.publish(&good);
    house.upstream.publish(&bad);
    assert_eq!(house.fondaco.get(&path("flask", &good), &[]).status, 200);
    assert_eq!(house.fondaco.get(&path(attacks::WALLET_STEALER.project, &bad), &[]).status, 403);
    import(&house, &[record("MAL-2026-1", "sleeper", &json!({"versions": ["1.0"]}))]);
    let mut document = house.fondaco.get("/api/v1/openapi.json", &[]).json();
    assert_eq!(document["servers"][0]["url"], house.fondaco.url(""));
    let upload = sent.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
    let (hex, name) = (good.sha256().to_string(), good.file_name.as_str());
    exemplify(&mut document, "/api/v1/files/{sha256}", &[&bad.sha256().to_string()]);
    exemplify(&mut document, "/api/v1/files/{sha256}/downloads", &[&bad.sha256().to_string()]);
    exemplify(
        &mut document,
        "/packages/{first}/{second}/{rest}/{file_name}",
        &[&hex[..2], &hex[2..4], &hex[4..], name],
    );
    exemplify(
        &mut document,
        "/files/{upstream}/{project}/{file_name}",
        &["own", "our-thing", &ours.file_name],
    );
    exemplify(&mut document, "/api/v1/uploads/{id}", &[&upload]);
    exemplify(&mut document, "/api/v1/stats/projects/{name}", &["our-thing"]);
    exemplify(&mut document, "/rss/project/{name}/releases.xml", &["our-thing"]);
    let clients = Clients::new();
    std::fs::write(clients.folder().join("openapi.json"), document.to_string()).unwrap();
    let schemathesis = |more: &[&str]| {
        let args = [
            "run",
            "openapi.json",
            "--url",
            &house.fondaco.url(""),
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "15",
        ];
        // The same examples each time.
        let same =
            ["--seed", "1", "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"];
        let run =
            clients.tool(Tool::Schemathesis, &clients.folder(), &[], &[&args[..], &same[..], more].concat());
        assert!(run.success(), "{}\n{}", run.text(), house.fondaco.log());
        run.stdout
    };
    let others = format!("^/legacy/$|{ACCOUNTS}|{TOKENS}|{ROLES}");
    let all = operations(&document, |path| path != "/legacy/");
    let tokens = operations(&document, is_of_tokens);
    let accounts = operations(&document, is_of_accounts);
    let roles = operations(&document, is_of_roles);
    let said = schemathesis(&["--checks", CHECKS, "--exclude-path-regex", &others]);
    let rest = all - tokens - accounts - roles;
    assert!(said.contains(&format!("Tested: {rest}")), "every operation but one: {said}");
    // What a name, an address and a link have to be is more than a schema says.
    let more = ["--include-path-regex", ACCOUNTS, "--exclude-checks", "positive_data_acceptance"];
    let said = schemathesis(&[&["--checks", CHECKS], &more[..]].concat());
    assert!(said.contains(&format!("Tested: {accounts}")), "every operation of accounts: {said}");
    // Whom a token is believed for is more than a schema says.
    let more = ["--include-path-regex", TOKENS, "--exclude-checks", "positive_data_acceptance"];
    let said = schemathesis(&[&["--checks", CHECKS], &more[..]].concat());
    assert!(said.contains(&format!("Tested: {tokens}")), "every operation of tokens: {said}");
    // Nobody is logged in there, so all that is seen is how that is said.
    let more = ["--include-path-regex", ROLES, "--exclude-checks", "positive_data_acceptance"];
    let said = schemathesis(&[&["--checks", CHECKS], &more[..]].concat());
    assert!(said.contains(&format!("Tested: {roles}")), "every operation of roles: {said}");
    // What a form has to be is more than a schema can say.
    let credentials = format!("__token__:{token}");
    let more = ["--include-path", "/legacy/", "--auth", &credentials, "--exclude-checks"];
    schemathesis(
        &[
            &more[..],
            &["positive_data_acceptance,negative_data_rejection,missing_required_header,ignored_auth"],
        ]
        .concat(),
    );
    // Which switch takes an age is more than a schema says here. Last, because it sets them.
    let credentials = format!("__token__:{}", house.fondaco.token(&["--manages"]));
    let more = ["--checks", CHECKS, "--exclude-checks", "positive_data_acceptance", "--auth", &credentials];
    schemathesis(&[&more[..], &["--include-path", "/api/v1/switches/{switch}"]].concat());
}

/// The operations of accounts.
const ACCOUNTS: &str = "^/api/v1/(register|verify|login|logout|reset|password|account|users|factor-recovery)";

/// The operations of tokens and trusted publishing.
const TOKENS: &str = "^/(_/|api/v1/(tokens|publishers)|api/v1/projects/[^/]+/publishing)";

fn is_of_tokens(path: &str) -> bool {
    ["/_/", "/api/v1/tokens", "/api/v1/publishers"].iter().any(|begin| path.starts_with(begin))
        || path.ends_with("/publishing")
}

fn is_of_accounts(path: &str) -> bool {
    let rest = path.strip_prefix("/api/v1/").unwrap_or_default();
    let begins =
        ["register", "verify", "login", "logout", "reset", "password", "account", "users", "factor-recovery"];
    begins.iter().any(|begin| rest.starts_with(begin))
}

/// How many operations there are at such paths.
fn operations(document: &Value, wanted: impl Fn(&str) -> bool) -> usize {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.filter(|(path, _)| wanted(path)).map(|(_, item)| item.as_object().unwrap().len()).sum()
}

/// The operations of roles.
const ROLES: &str = "^/api/v1/(organisations|invitations|rulings|quarantines)|/rulings$\
    |^/api/v1/projects/[^/]+/(?!publishing)";

fn is_of_roles(path: &str) -> bool {
    let rest = path.strip_prefix("/api/v1/").unwrap_or_default();
    let begins = ["organisations", "invitations", "rulings", "quarantines", "projects/"];
    (begins.iter().any(|begin| rest.starts_with(begin)) || path.ends_with("/rulings")) && !is_of_tokens(path)
}

/// What is checked of every operation.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,positive_data_acceptance,\
    unsupported_method,allow_header_conformance";

/// Gives the parameters of a path values that are there, in their order.
fn exemplify(document: &mut Value, path: &str, values: &[&str]) {
    let parameters = document["paths"][path]["get"]["parameters"].as_array_mut().unwrap();
    for (parameter, value) in parameters.iter_mut().zip(values) {
        assert_eq!(parameter["in"], "path");
        parameter["example"] = (*value).into();
    }
}
