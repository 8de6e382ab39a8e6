use super::*;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn publisher(kind: PublisherKind, claims: &[(&str, &str)]) -> Publisher {
    Publisher {
        id: "p".into(),
        project: "one".parse().unwrap(),
        issuer: "https://gitlab.example".into(),
        kind,
        claims: map(claims),
        pinned: BTreeMap::new(),
        made_by: "operator:o".into(),
        made_at: Timestamp::UNIX_EPOCH,
        pending: false,
        owner: None,
        expires_at: None,
        last_used_at: None,
    }
}

fn told(publisher: &Publisher, right: &[(&str, &str)], wrong: &[(&str, &str)]) -> Result<(), ClaimMismatch> {
    let mut claims = map(right);
    for (name, value) in wrong {
        match *value {
            "" => claims.remove(*name),
            value => claims.insert((*name).to_owned(), value.to_owned()),
        };
    }
    publisher.meets(&|name| claims.get(name).cloned()).map(drop)
}

const GITHUB: &[(&str, &str)] = &[
    ("repository", "Me/it"),
    ("repository_owner", "Me"),
    ("repository_owner_id", "65"),
    ("repository_id", "74"),
    ("event_name", "push"),
    ("ref", "refs/tags/v1"),
    ("sha", "abc"),
    ("workflow_ref", "Me/it/.github/workflows/release.yml@refs/tags/v1"),
    ("job_workflow_ref", "Me/it/.github/workflows/release.yml@refs/tags/v1"),
];

#[test]
fn a_workflow_of_github_is_told_by_all_of_it() {
    let ours = publisher(
        PublisherKind::GitHub,
        &[("owner", "me"), ("repository", "it"), ("workflow", "release.yml")],
    );
    let of = |wrong: &[(&str, &str)]| told(&ours, GITHUB, wrong);
    assert_eq!(of(&[]), Ok(()));
    assert_eq!(of(&[("environment", "whatever")]), Ok(()));
    let by_sha = "Me/it/.github/workflows/release.yml@abc";
    assert_eq!(of(&[("job_workflow_ref", by_sha)]), Ok(()));
    let other = ClaimMismatch::Other;
    assert_eq!(of(&[("repository", "you/it")]), Err(other("repository")));
    assert_eq!(of(&[("repository", "me/it2")]), Err(other("repository")));
    assert_eq!(of(&[("repository_owner", "you")]), Err(other("repository_owner")));
    assert_eq!(of(&[("event_name", "pull_request_target")]), Err(ClaimMismatch::PullRequestTarget));
    assert_eq!(of(&[("event_name", "")]), Err(ClaimMismatch::Missing("event_name")));
    // Another workflow of the repository, also one that uses ours, and ours that uses another.
    let pulls = "Me/it/.github/workflows/pulls.yml@refs/tags/v1";
    assert_eq!(of(&[("workflow_ref", pulls)]), Err(other("workflow_ref")));
    assert_eq!(of(&[("job_workflow_ref", pulls)]), Err(ClaimMismatch::Reusable));
    let theirs = "you/tools/.github/workflows/release.yml@refs/tags/v1";
    assert_eq!(of(&[("job_workflow_ref", theirs)]), Err(ClaimMismatch::Reusable));
    assert_eq!(of(&[("workflow_ref", theirs)]), Err(other("workflow_ref")));
    let elsewhere = "Me/it/.github/workflows/release.yml@refs/heads/pull";
    let both = [("workflow_ref", elsewhere), ("job_workflow_ref", elsewhere)];
    assert_eq!(of(&both), Err(other("workflow_ref")), "another state of the file");
    let prefixed = "Me/it/.github/workflows/release.yml.yml@refs/tags/v1";
    assert_eq!(of(&[("workflow_ref", prefixed)]), Err(other("workflow_ref")));
    for missing in ["repository", "repository_owner", "workflow_ref", "job_workflow_ref"] {
        assert_eq!(of(&[(missing, "")]), Err(ClaimMismatch::Missing(missing)));
    }
}

#[test]
fn a_name_that_came_to_somebody_else_is_refused() {
    let fresh = publisher(
        PublisherKind::GitHub,
        &[("owner", "me"), ("repository", "it"), ("workflow", "release.yml")],
    );
    let claims = map(GITHUB);
    let seen = fresh.meets(&|name| claims.get(name).cloned()).unwrap();
    assert_eq!(seen, map(&[("owner_id", "65"), ("repository_id", "74")]));
    let used = Publisher { pinned: seen, ..fresh };
    assert_eq!(told(&used, GITHUB, &[]), Ok(()));
    let resurrected = |name| Err(ClaimMismatch::Resurrected(name));
    assert_eq!(told(&used, GITHUB, &[("repository_owner_id", "66")]), resurrected("repository_owner_id"));
    assert_eq!(told(&used, GITHUB, &[("repository_id", "75")]), resurrected("repository_id"));
    assert_eq!(
        told(&used, GITHUB, &[("repository_owner_id", "")]),
        Err(ClaimMismatch::Missing("repository_owner_id"))
    );
    let given = publisher(
        PublisherKind::GitHub,
        &[("owner", "me"), ("repository", "it"), ("workflow", "release.yml"), ("owner_id", "1")],
    );
    assert_eq!(told(&given, GITHUB, &[]), resurrected("repository_owner_id"), "also at the first use");
}

#[test]
fn an_environment_that_is_asked_for_must_be_there() {
    let ours = publisher(
        PublisherKind::GitHub,
        &[("owner", "me"), ("repository", "it"), ("workflow", "release.yml"), ("environment", "Release")],
    );
    assert_eq!(told(&ours, GITHUB, &[("environment", "release")]), Ok(()));
    assert_eq!(told(&ours, GITHUB, &[]), Err(ClaimMismatch::Other("environment")));
    assert_eq!(told(&ours, GITHUB, &[("environment", "test")]), Err(ClaimMismatch::Other("environment")));
}

#[test]
fn a_pipeline_of_gitlab_is_told_by_its_own_file() {
    let right = [
        ("project_path", "group/sub/it"),
        ("namespace_path", "group/sub"),
        ("namespace_id", "7"),
        ("project_id", "8"),
        ("ref_path", "refs/tags/v1"),
        ("sha", "abc"),
        ("ci_config_ref_uri", "gitlab.example/group/sub/it//.gitlab-ci.yml@refs/tags/v1"),
    ];
    let ours = publisher(
        PublisherKind::GitLab,
        &[("namespace", "group/sub"), ("project", "it"), ("workflow", ".gitlab-ci.yml")],
    );
    let of = |wrong: &[(&str, &str)]| told(&ours, &right, wrong);
    assert_eq!(of(&[]), Ok(()));
    for (name, wrong) in [
        ("project_path", "group/it"),
        ("namespace_path", "group"),
        ("ci_config_ref_uri", "gitlab.example/group/sub/it//other.yml@refs/tags/v1"),
        ("ci_config_ref_uri", "gitlab.example/other/it//.gitlab-ci.yml@refs/tags/v1"),
        ("ci_config_ref_uri", "evil.example/group/sub/it//.gitlab-ci.yml@refs/tags/v1"),
        ("ci_config_ref_uri", "gitlab.example/group/sub/it//.gitlab-ci.yml@refs/heads/x"),
    ] {
        assert!(matches!(of(&[(name, wrong)]), Err(ClaimMismatch::Other(_))), "{wrong}");
    }
    assert_eq!(of(&[("project_id", "")]), Err(ClaimMismatch::Missing("project_id")));
}

#[test]
fn any_other_issuer_goes_by_what_was_named() {
    let ours = publisher(PublisherKind::Generic, &[("sub", "job:1"), ("protected", "true")]);
    let right = [("sub", "job:1"), ("protected", "true"), ("more", "x")];
    assert_eq!(told(&ours, &right, &[]), Ok(()));
    for (name, wrong) in [("sub", "job:10"), ("sub", "JOB:1"), ("sub", ""), ("protected", "false")] {
        assert!(told(&ours, &right, &[(name, wrong)]).is_err(), "{name} {wrong}");
    }
}

#[test]
fn what_a_publisher_is_told_by_must_mean_something() {
    let check = |kind, claims: &[(&str, &str)], required: &[&str]| {
        let required: Vec<String> = required.iter().map(|name| (*name).to_owned()).collect();
        Publisher::check(kind, &map(claims), &required)
    };
    let right = [("owner", "me"), ("repository", "it"), ("workflow", "release.yml")];
    assert_eq!(check(PublisherKind::GitHub, &right, &[]), Ok(()));
    for (name, wrong) in [
        ("owner", "me/you"),
        ("owner", ""),
        ("repository", "a b"),
        ("workflow", "release.sh"),
        ("workflow", "../release.yml"),
        ("workflow", "dir/release.yml"),
        ("workflow", "a@b.yml"),
        ("owner_id", "x"),
        ("environment", "a\nb"),
        ("branch", "main"),
    ] {
        let mut claims = right.to_vec();
        claims.retain(|(given, _)| *given != name);
        claims.push((name, wrong));
        assert!(check(PublisherKind::GitHub, &claims, &[]).is_err(), "{name} {wrong}");
    }
    assert_eq!(check(PublisherKind::GitHub, &right[..2], &[]), Err(InvalidPublisher::Missing("workflow")));
    assert_eq!(check(PublisherKind::Generic, &[], &[]), Err(InvalidPublisher::Nothing));
    assert_eq!(check(PublisherKind::Generic, &[("a", "b")], &["sub"]), Err(InvalidPublisher::Nothing));
    assert_eq!(check(PublisherKind::Generic, &[("sub", "b")], &["sub"]), Ok(()));
}
