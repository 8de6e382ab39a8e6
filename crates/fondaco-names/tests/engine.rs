//! The engine as others use it.

use std::sync::LazyLock;

use fondaco_names::{Engine, Facts, Gate, Own, Popular, THRESHOLD, TargetKind, Technique};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&Popular::embedded(), Own::default()));

fn confusable(name: &str) -> Option<(String, Vec<Technique>)> {
    ENGINE.spelling(name).confusable.map(|found| (found.target, found.techniques))
}

#[test]
fn known_squats_are_found_with_their_targets_and_techniques() {
    use Technique::*;
    for (name, target, technique) in [
        ("reqeusts", "requests", Transposition),
        ("requestss", "requests", Doubling),
        ("beautifulsuop4", "beautifulsoup4", Transposition),
        ("djangoo", "django", Doubling),
        ("tensorfllow", "tensorflow", Doubling),
        ("matplotllib", "matplotlib", Doubling),
        ("rnatplotlib", "matplotlib", Homoglyph),
        ("panads", "pandas", Transposition),
        ("selemium", "selenium", Homoglyph),
        ("scikitlearn", "scikit-learn", Separator),
        ("python-requests", "requests", Affix),
        ("crytography", "cryptography", Omission),
        ("setuptols", "setuptools", Undoubling),
        ("cv2", "opencv-python", ImportName),
        ("huggingface-cli", "huggingface-hub", OtherEcosystem),
        ("urllib2", "python", StandardLibrary),
        ("requirements.txt", "requirements-txt", RequirementsFile),
        ("requirements-txt", "requirements-txt", RequirementsFile),
        ("requirementstxt", "requirements-txt", Separator),
        ("reqiurements_txt", "requirements-txt", Transposition),
    ] {
        let (found, techniques) =
            confusable(name).unwrap_or_else(|| panic!("{name}: {:?}", ENGINE.spelling(name)));
        assert_eq!(found, target, "{name}");
        assert!(techniques.contains(&technique), "{name}: {techniques:?}");
    }
}

#[test]
fn honest_names_are_not() {
    for name in [
        "requests",
        "numpy",
        "boto3",
        "flask-core-extras",
        "my-company-billing",
        "weather-station",
        "kitchen-timer",
        "sunflower-model",
        "nvidia-cusolver-cu13",
        "types-aiobotocore-quux",
        "acme-data-loader",
    ] {
        assert_eq!(confusable(name), None, "{name}");
    }
}

#[test]
fn other_scripts_and_odd_input_are_read() {
    assert_eq!(confusable("r\u{435}quests").unwrap(), ("requests".to_owned(), vec![Technique::Homoglyph]));
    assert_eq!(confusable("req\u{200b}uests").unwrap().0, "requests");
    for name in ["", "-", "...", "請求", "\0", "\u{202e}stseuqer", &"a".repeat(100_000), &"py-".repeat(3_000)]
    {
        assert_eq!(confusable(name), None);
        assert_eq!(ENGINE.spelling(name).score(), 0.0);
    }
}

#[test]
fn a_popular_name_is_ruled_out_by_its_rank() {
    let answer = ENGINE.spelling("backports-datetime-fromisoformat");
    assert!(answer.confusable.is_none() && answer.rank.is_some());
    // A list in which two names are like one another.
    let list: String = ENGINE.targets().take(2_000).map(|(name, ..)| format!("{name}\n")).collect();
    let list = Popular::read(&format!("requests\nreqeusts\n{list}")).unwrap();
    let answer = Engine::new(&list, Own::default()).spelling("reqeusts");
    assert_eq!(answer.confusable, None);
    assert!(answer.ruled_out.contains(&("requests".to_owned(), Gate::ItselfPopular(2))), "{answer:?}");
}

#[test]
fn what_is_known_of_both_rules_out() {
    let old = Facts { age_days: Some(900), ..Facts::default() };
    let of_target = |_: &str| Facts { age_days: Some(800), ..Facts::default() };
    let answer = ENGINE.judge("reqeusts", &old, &of_target);
    assert_eq!(answer.confusable, None);
    assert!(answer.ruled_out.contains(&("requests".to_owned(), Gate::Older)), "{answer:?}");
    let new = Facts { age_days: Some(2), ..Facts::default() };
    assert_eq!(ENGINE.judge("reqeusts", &new, &of_target).confusable.unwrap().target, "requests");
}

#[test]
fn own_projects_are_targets_and_their_prefixes_are_reserved() {
    let own = Own { projects: vec!["acme-billing".into()], prefixes: vec!["acme".into()] };
    let engine = Engine::new(&Popular::embedded(), own);
    let found = engine.spelling("acmee-billing").confusable.unwrap();
    assert_eq!((found.target.as_str(), found.kind), ("acme-billing", TargetKind::Own));
    let reserved = engine.spelling("acme-payroll").confusable.unwrap();
    assert_eq!((reserved.target.as_str(), reserved.techniques), ("acme", vec![Technique::ReservedPrefix]));
    assert_eq!(engine.spelling("acme-billing").confusable, None);
    assert_eq!(engine.spelling("acmeist").confusable, None);
}

#[test]
fn an_engine_of_own_names_finds_each_of_them_that_is_near() {
    let names: Vec<String> =
        ["granite-almanac", "granite-almanacs", "meadow-bureau", "kiln"].map(str::to_owned).into();
    let engine = Engine::of_own(&names);
    let found: Vec<String> =
        engine.confusable_with("granite-almanca").into_iter().map(|found| found.target).collect();
    assert_eq!(found, ["granite-almanac", "granite-almanacs"]);
    for name in ["granite-almanac", "reqeusts", "cv2", "json", "", "\u{8acb}\u{6c42}"] {
        let itself = |found: &fondaco_names::Match| found.target == name || found.target == "reqeusts";
        assert!(!engine.confusable_with(name).iter().any(itself), "{name}");
    }
    assert!(Engine::of_own(&[]).confusable_with("anything").is_empty());
    // Names that are no names, or too long to be compared, are nobody's targets and no trouble.
    let odd: Vec<String> =
        ["", "-", "\0"].map(str::to_owned).into_iter().chain(["a".repeat(100_000)]).collect();
    assert!(Engine::of_own(&odd).confusable_with(&"a".repeat(64)).is_empty());
}

#[test]
fn downloads_of_what_is_new_rule_nothing_out() {
    let of_target = |_: &str| Facts { downloads: Some(50_000), age_days: Some(4_000), ..Facts::default() };
    let judge = |days, downloads| {
        let facts = Facts { age_days: Some(days), downloads: Some(downloads), ..Facts::default() };
        ENGINE.judge("reqeusts", &facts, &of_target)
    };
    assert!(judge(10, 1_000_000).confusable.is_some(), "spam that was downloaded often");
    assert!(judge(400, 3).confusable.is_some(), "old, and nobody wants it");
    let answer = judge(400, 5_000);
    assert!(answer.ruled_out.contains(&("requests".to_owned(), Gate::Downloaded)), "{answer:?}");
}

#[test]
fn names_that_were_meant_and_invented_ones() {
    assert_eq!(ENGINE.meant("reqeusts").first().map(String::as_str), Some("requests"));
    assert_eq!(ENGINE.meant("cv2").first().map(String::as_str), Some("opencv-python"));
    let invented =
        |name: &str| ENGINE.invented(name).iter().map(|form| form.sentence()).collect::<Vec<_>>().join("; ");
    assert!(
        invented("fastapi-redis").contains("joins the names of fastapi and redis"),
        "{}",
        invented("fastapi-redis")
    );
    assert!(invented("lodash").contains("npm"));
    assert!(invented("json").contains("comes with Python"));
    assert_eq!(invented("zzz-qqq-xxx"), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_typed_is_answered(name in "\\PC{0,90}") {
        let answer = ENGINE.spelling(&name);
        prop_assert!(answer.confusable.as_ref().is_none_or(|found| found.score >= THRESHOLD && found.target != name));
        prop_assert!((0.0..=1.0).contains(&answer.score()));
        let _ = (ENGINE.meant(&name), ENGINE.invented(&name));
    }

    #[test]
    fn no_popular_name_is_confusable(at in 0usize..14_985) {
        let list = Popular::embedded();
        let name = list.names().nth(at).unwrap();
        prop_assert_eq!(ENGINE.spelling(name).confusable, None);
    }
}
