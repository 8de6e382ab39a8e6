//! Every check of an upload, with its exact status and message.

use fondaco_testkit::{Answer, BOUNDARY, Sdist, Upload, Wheel, honest_module};

use crate::house::{House, wheel};

pub(crate) struct Desk {
    pub(crate) house: House,
    token: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with_config("")
    }

    fn with_config(more: &str) -> Self {
        let house = House::with_config(more);
        let token = house.fondaco.token(&["--all-projects"]);
        Self { house, token }
    }

    #[track_caller]
    pub(crate) fn send(&self, upload: &Upload) -> Answer {
        upload.send(&self.house.fondaco, &self.token)
    }

    #[track_caller]
    pub(crate) fn takes(&self, upload: &Upload) {
        let answer = self.send(upload);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The status, and the message in both places where clients look for it.
    #[track_caller]
    pub(crate) fn refuses(&self, upload: &Upload, status: u16, message: &str) {
        let answer = self.send(upload);
        assert_eq!((answer.status, answer.reason.as_str()), (status, message), "{}", answer.text());
        assert_eq!(answer.json()["detail"], message);
    }

    /// A form whose bytes were changed, which can't be read for that.
    #[track_caller]
    fn refuses_body(&self, upload: &Upload, why: &str, change: impl Fn(&[u8]) -> Vec<u8>) {
        let (headers, body) = upload.request(&self.token);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let url = self.house.fondaco.url("/legacy/");
        let answer = fondaco_testkit::fetch("POST", &url, &headers, &change(&body)).unwrap();
        let message = format!("The form is not readable: {why}.");
        assert_eq!((answer.status, &answer.reason), (400, &message), "{}", answer.text());
    }

    #[track_caller]
    pub(crate) fn left_nothing(&self) {
        let kinds: Vec<String> =
            self.house.fondaco.journal().iter().map(|entry| entry["kind"].to_string()).collect();
        assert_eq!(kinds, ["\"upstream-set\""]);
        let files = self.house.data.path().join("files");
        assert_eq!(std::fs::read_dir(files.join("incoming")).unwrap().count(), 0);
        assert_eq!(std::fs::read_dir(files.join("sha256")).unwrap().count(), 0);
    }
}

fn invalid(field: &str, why: &str) -> String {
    format!("Invalid value for {field}. Error: {why}")
}

#[test]
fn the_request_and_the_form() {
    let desk = Desk::new();
    let dist = wheel("checked", "1.0");
    let right = Upload::of(&dist);
    let r = |upload: Upload, status, message: &str| desk.refuses(&upload, status, message);
    r(
        right.clone().file_in("gpg_signature"),
        400,
        "Cannot upload a file in the field other than content; only content may be one.",
    );
    r(right.clone().set(":action", "submit"), 410, "submit is no longer supported.");
    r(right.clone().set(":action", "submit_pkg_info"), 410, "submit_pkg_info is no longer supported.");
    r(right.clone().set(":action", "doc_upload"), 410, "doc_upload is no longer supported.");
    r(right.clone().without(":action"), 400, "This address takes uploads: :action must be file_upload.");
    r(right.clone().set("protocol_version", "2"), 400, "Unknown protocol version.");
    r(right.clone().set("comment", "a\0b"), 400, "The form is not readable: a value holds a null.");
    r(right.clone().set("filetype", "bdist_egg"), 400, &invalid("filetype", "Use a known file type."));
    r(
        right.clone().without("pyversion"),
        400,
        &invalid("pyversion", "Python version is required for binary distribution uploads."),
    );
    r(
        right.clone().set("filetype", "sdist"),
        400,
        &invalid("pyversion", "Use 'source' as Python version for an sdist."),
    );
    r(right.clone().without("sha256_digest"), 400, "Include at least one message digest.");
    r(
        right.clone().set("sha256_digest", "xyz"),
        400,
        &invalid("sha256_digest", "Use a valid, hex-encoded message digest of 64 digits."),
    );
    r(right.clone().without_file(), 400, "Upload payload does not have a file.");
    desk.refuses_body(&right, "more than one file", |body| {
        let end = body.len() - format!("--{BOUNDARY}--\r\n").len();
        let second = "Content-Disposition: form-data; name=\"content\"; filename=\"x.whl\"\r\n\r\nx\r\n";
        [&body[..end], format!("--{BOUNDARY}\r\n{second}--{BOUNDARY}--\r\n").as_bytes()].concat()
    });
    let marked = right.clone().set("summary", "(MARK)");
    desk.refuses_body(&marked, "a text is not UTF-8", |body| {
        let at = body.windows(6).position(|bytes| bytes == b"(MARK)").unwrap();
        [&body[..at], b"\xff\xfe", &body[at + 6..]].concat()
    });
    for cut in [0, 40, 400] {
        let (headers, body) = right.request(&desk.token);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let url = desk.house.fondaco.url("/legacy/");
        let answer = fondaco_testkit::fetch("POST", &url, &headers, &body[..cut]).unwrap();
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert_eq!(answer.reason, "The form is not readable: it is cut off, or no multipart/form-data.");
    }
    let auth = right.request(&desk.token).0.remove(1);
    let answer =
        fondaco_testkit::fetch("POST", &desk.house.fondaco.url("/legacy/"), &[(&auth.0, &auth.1)], b"x=1")
            .unwrap();
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (400, "The form is not readable: multipart/form-data expected.")
    );
    let moved = desk.house.fondaco.url("/legacy");
    let moved = fondaco_testkit::fetch("POST", &moved, &[], b"").unwrap();
    assert_eq!((moved.status, moved.header("location")), (308, Some("legacy/")));
    desk.left_nothing();
}

#[test]
fn the_metadata_in_the_form() {
    let desk = Desk::new();
    let right = Upload::of(&wheel("checked", "1.0"));
    let name_rule =
        "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.";
    for (field, value, why) in [
        ("metadata_version", "3.0", "Use a known metadata version, 1.0 to 2.5."),
        ("name", "-checked", name_rule),
        ("name", "che\u{441}ked", name_rule),
        ("version", "one", "Use a version that conforms to PEP 440."),
        ("version", "1.0+local", "The use of local versions is not allowed."),
        ("summary", &"x".repeat(513), "Field cannot be longer than 512 characters."),
        ("summary", "one\ntwo", "Use a single line only."),
        ("author_email", "nobody", "Use a valid email address."),
        ("classifiers", "Topic :: Nonsense", "A classifier is not a valid classifier."),
        ("classifiers", "Natural Language :: Ukranian", "A classifier is deprecated."),
        ("home_page", "javascript:alert(1)", "Use a valid http or https URL."),
        ("project_urls", "https://index.example/", "Use a valid http or https URL."),
        ("project_urls", ", https://index.example/", "Use a label of 1 to 32 characters, a comma and a URL."),
        ("requires_python", "3", "Use a valid version specifier (PEP 440)."),
        ("requires_dist", "a b", "Use a valid requirement (PEP 508)."),
        ("requires_dist", "a @ https://index.example/a.whl", "Can't have a direct dependency."),
        ("provides_extra", "-x", "Use a valid name of an extra (PEP 685)."),
        ("dynamic", "Version", "Not the name of a metadata field that can be dynamic."),
        ("dynamic", "Weather", "Not the name of a metadata field that can be dynamic."),
        ("license_expression", "FOO OR BAR", "Use a valid SPDX license expression (PEP 639)."),
        ("description_content_type", "text/html", "Use one of text/plain, text/x-rst, text/markdown."),
        (
            "description_content_type",
            "text/plain; charset=latin-1",
            "Use charset UTF-8 and variant GFM or CommonMark.",
        ),
    ] {
        desk.refuses(&right.clone().set(field, value), 400, &invalid(field, why));
    }
    desk.refuses(
        &right.clone().set("license", "MIT").set("license_expression", "MIT"),
        400,
        &invalid("license", "License and License-Expression can't stand together (PEP 639)."),
    );
    desk.refuses(&right.clone().add("summary", "again"), 400, &invalid("summary", "Stands more than once."));
    // The first thing that is wrong is told, in the order of the standard.
    desk.refuses(
        &right.clone().set("metadata_version", "9").set("name", "-").set("summary", &"x".repeat(600)),
        400,
        &invalid("metadata_version", "Use a known metadata version, 1.0 to 2.5."),
    );
    desk.left_nothing();
    // distutils' word for what is absent, and fields of the future, are left aside.
    desk.takes(&right.add("home_page", "UNKNOWN").add("moon_phase", "full"));
}

#[test]
fn the_form_says_what_the_file_says() {
    let desk = Desk::new();
    let dist = Wheel::new("checked", "1.0").requires("base>=1").requires_python(">=3.8").build();
    let right = Upload::of(&dist);
    for (field, value) in [
        ("summary", "Another thing."),
        ("requires_dist", "base>=2"),
        ("requires_python", ">=3.9"),
        ("author", "Somebody else"),
        ("project_urls", "Homepage, https://elsewhere.example/"),
        ("classifiers", "Programming Language :: Rust"),
        ("description", "Another text"),
    ] {
        let message = format!("Metadata in the form differs from the file's own: {field}.");
        desk.refuses(&right.clone().set(field, value), 400, &message);
    }
    // What is in the file counts, and has to be right itself.
    let wrong = Wheel::new("checked", "1.0").requires("a @ https://index.example/a.whl").build();
    desk.refuses(
        &Upload::of(&wrong).without("requires_dist"),
        400,
        "Invalid metadata in the file: invalid value for requires_dist. Error: Can't have a direct dependency.",
    );
    desk.left_nothing();
    desk.takes(&right.without("summary").without("requires_dist").set("metadata_version", "1.2"));
    assert_eq!(desk.house.listed("checked", &dist.file_name)["requires-python"], ">=3.8");
}

#[test]
fn the_files_name() {
    let desk = Desk::new();
    let dist = wheel("checked", "1.0");
    let right = Upload::of(&dist);
    let sdist = Upload::of(&Sdist::new("checked", "1.0").build());
    let r = |upload: Upload, message: &str| desk.refuses(&upload, 400, message);
    r(
        right.clone().named("a/checked-1.0-py3-none-any.whl"),
        "Cannot upload a file with control characters, '/' or '\\' in its name.",
    );
    r(
        right.clone().named(".checked-1.0-py3-none-any.whl"),
        "Cannot upload a file with control characters, '/' or '\\' in its name.",
    );
    r(
        right.clone().named("checked-1.0.egg"),
        "Invalid file extension: Use .tar.gz or .whl extension for bdist_wheel.",
    );
    r(
        sdist.clone().named("checked-1.0.zip"),
        "Invalid file extension: Use .tar.gz or .whl extension for sdist.",
    );
    r(right.clone().content_type(Some("image/png")), "Content-Type of the file is empty or an image's.");
    r(sdist.clone().named("Checked-1.0.tar.gz"), "Filename should be 'checked-1.0.tar.gz'.");
    r(sdist.named("checked-1.0.0.tar.gz"), "Filename should be 'checked-1.0.tar.gz'.");
    r(
        right.clone().named("other-1.0-py3-none-any.whl"),
        "Invalid wheel filename. It should contain the normalized project name.",
    );
    r(
        right.clone().named("checked-2.0-py3-none-any.whl"),
        "Invalid wheel filename. Its version should be the release's.",
    );
    r(
        right.clone().named("checked-1.0-any.whl"),
        "Invalid wheel filename. It has the form name-version[-build]-python-abi-platform.whl.",
    );
    r(
        right.clone().named("checked-1.0-py3-none-linux_x86_64.whl"),
        "Binary wheel has an unsupported platform tag 'linux_x86_64'.",
    );
    r(
        right.clone().named("checked-1.0-py3-none-any.solaris.whl"),
        "Binary wheel has an unsupported platform tag 'solaris'.",
    );
    r(
        right.clone().named("checked-1.0-py2-none-any.whl"),
        "Wheel's tags differ from its filename: the Tags of WHEEL are not those of the name.",
    );
    r(
        right.clone().named("checked-1.0-1-py3-none-any.whl"),
        "Wheel's tags differ from its filename: the Build of WHEEL is not that of the name.",
    );
    for digest in ["sha256_digest", "blake2_256_digest", "md5_digest"] {
        let digits = if digest == "md5_digest" { 32 } else { 64 };
        let name = digest.trim_end_matches("_digest");
        r(
            right.clone().set(digest, &"0".repeat(digits)),
            &format!(
                "The digest supplied does not match a digest calculated from the uploaded file ({name})."
            ),
        );
    }
    desk.left_nothing();
}

#[test]
fn what_is_here_already() {
    let desk = Desk::with_config("[uploads]\nrelease_open = '2s'\n");
    let dist = wheel("checked", "1.0");
    desk.takes(&Upload::of(&dist));
    desk.takes(&Upload::of(&dist));
    let answer = desk
        .send(&Upload::of(&Wheel::new("checked", "1.0").file("checked/__init__.py", "VALUE = 2\n").build()));
    assert_eq!(answer.status, 400);
    let begins = format!("File already exists ('{}', with blake2_256 hash '", dist.file_name);
    assert!(answer.reason.starts_with(&begins), "{}", answer.reason);
    // The same content under another name, also under one that a file system takes for the same.
    for name in ["checked-1.0-py2.py3-none-any.whl", "Checked-1.0-py3-none-any.whl"] {
        let answer = desk.send(&Upload::of(&dist).named(name));
        assert!(answer.status == 400 && answer.reason.starts_with(&begins), "{}", answer.reason);
    }
    desk.takes(&Upload::of(&Sdist::new("checked", "1.0").build()));
    let second = Sdist::new("checked", "1.0.0").build();
    desk.refuses(&Upload::of(&second), 400, "Only one sdist may be uploaded per release.");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let late = Wheel::new("checked", "1.0").tag("cp312-none-any").build();
    desk.refuses(
        &Upload::of(&late),
        400,
        "Release is closed: it was made more than 0 days ago and takes no new files.",
    );
    desk.takes(&Upload::of(&wheel("checked", "1.1")));
    // A name is used for ever.
    desk.house.fondaco.admin(&["delete", "checked==1.1", "--reason", "a test"]).ok();
    desk.refuses(
        &Upload::of(&wheel("checked", "1.1")),
        400,
        "This filename has already been used, use a different version.",
    );
}

#[test]
fn sizes_are_limited_while_they_come() {
    let desk = Desk::with_config(
        "[uploads]\nmax_file = 1000000\nmax_project = 1500000\n\
         [uploads.projects.huge]\nmax_file = 3000000\nmax_project = 4000000\n\
         [uploads.projects.small]\nmax_file = 500000\n",
    );
    let large = |version: &str, bytes| {
        Wheel::new("large", version).file("large/__init__.py", honest_module()).filler(bytes).build()
    };
    desk.refuses(&Upload::of(&large("1.0", 1_000_000)), 400, "File too large. Limit is 1 MB.");
    desk.left_nothing();
    desk.takes(&Upload::of(&large("1.0", 900_000)));
    desk.refuses(
        &Upload::of(&large("1.1", 900_000)),
        400,
        "Project size too large. Limit for project 'large' total size is 1500000 bytes.",
    );
    // Other sizes for some projects: the name comes before the file, and counts also where it comes after.
    let wheel_of = |name: &str, bytes| Wheel::new(name, "1.0").filler(bytes).build();
    desk.takes(&Upload::of(&wheel_of("huge", 1_600_000)));
    let small = Upload::of(&wheel_of("small", 600_000));
    desk.refuses(&small, 400, "File too large. Limit is 500000 bytes.");
    desk.refuses(
        &small.without("name").add_after_file("name", "small"),
        400,
        "File too large. Limit is 500000 bytes.",
    );
    let texts = "x".repeat(9 << 20);
    desk.refuses(
        &Upload::of(&large("1.2", 10)).set("description", &texts),
        400,
        "The form is not readable: its texts are too large.",
    );
    let mut many = Upload::of(&large("1.2", 10));
    for _ in 0..4100 {
        many = many.add("classifiers", "x");
    }
    desk.refuses(&many, 400, "The form is not readable: it has too many fields.");
    // A header without an end is not taken in for ever.
    let (headers, _) = Upload::of(&large("1.2", 10)).request(&desk.token);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let mut body = b"------fondaco-testkit-boundary\r\nContent-Disposition: form-data; name=\"".to_vec();
    body.resize(3 << 20, b'x');
    let answer =
        fondaco_testkit::fetch("POST", &desk.house.fondaco.url("/legacy/"), &headers, &body).unwrap();
    assert_eq!(answer.reason, "The form is not readable: it is cut off, or no multipart/form-data.");
}

#[test]
fn options_widen_what_is_taken() {
    let desk = Desk::with_config("[uploads]\nlocal_versions = true\nlinux_wheels = true\n");
    let local = Wheel::new("checked", "1.0+corp.1").file("checked/__init__.py", honest_module()).build();
    desk.takes(&Upload::of(&local));
    let plain = Wheel::new("checked", "1.0")
        .tag("py3-none-linux_x86_64")
        .file("checked/__init__.py", "VALUE = 2\n")
        .build();
    desk.takes(&Upload::of(&plain));
    let file = desk.house.listed("checked", &local.file_name);
    let address = file["url"].as_str().unwrap().trim_start_matches("../..").to_owned();
    assert_eq!(desk.house.fondaco.get(&address, &[]).body, *local.bytes);
}
