//! poetry, pdm, hatch and flit lock with hashes and install through the index, see what is yanked and
//! what is in quarantine, and publish to it.

use std::path::{Path, PathBuf};

use fondaco_testkit::{Clients, Dist, Run, Tool, Upload, Wheel, honest_module};
use serde_json::json;

use crate::house::House;

/// A project of ours with more in its module.
fn of_ours(project: &str, version: &str, more: &str) -> Dist {
    let module = format!("{}/__init__.py", project.replace('-', "_"));
    let text = honest_module() + &format!("VERSION = '{version}'\n{more}");
    Wheel::new(project, version).file(&module, text).summary("Ours.").build()
}

/// A project that requires `the-lib`, in a tool's hands.
struct Consumer<'a> {
    house: &'a House,
    clients: Clients,
    tool: Tool,
    folder: PathBuf,
    lock_file: &'static str,
    /// What it shows the index, as each tool is told credentials.
    token: Option<String>,
}

impl<'a> Consumer<'a> {
    fn new(house: &'a House, tool: Tool) -> Self {
        let clients = Clients::new();
        let folder = clients.folder().join("consumer");
        std::fs::create_dir(&folder).unwrap();
        let index = house.fondaco.index_url();
        let (own, lock_file) = match tool {
            Tool::Poetry => (
                format!(
                    "[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = 'ours'\nurl = '{index}'\n\
                     priority = 'primary'\n"
                ),
                "poetry.lock",
            ),
            Tool::Pdm => (
                format!(
                    "[tool.pdm]\ndistribution = false\n[[tool.pdm.source]]\nname = 'pypi'\nurl = '{index}'\n"
                ),
                "pdm.lock",
            ),
            Tool::Hatch => (
                "[tool.hatch.envs.default]\nskip-install = true\nlocked = true\ninstaller = 'uv'\n\
                 dependencies = ['the-lib']\n"
                    .to_owned(),
                "pylock.toml",
            ),
            other => panic!("{other:?} locks nothing"),
        };
        let toml = format!(
            "[project]\nname = 'consumer'\nversion = '1'\nrequires-python = '>=3.9'\ndependencies = ['the-lib']\n{own}"
        );
        std::fs::write(folder.join("pyproject.toml"), toml).unwrap();
        Self { house, clients, tool, folder, lock_file, token: None }
    }

    fn run(&self, args: &[&str]) -> Run {
        let (mut index, uv) = (self.house.fondaco.index_url(), self.clients.uv_program());
        let mut environment = vec![
            ("POETRY_VIRTUALENVS_IN_PROJECT", "1"),
            ("HATCH_ENV_TYPE_VIRTUAL_UV_PATH", uv.to_str().unwrap()),
        ];
        if let Some(token) = &self.token {
            index = index.replace("://", &format!("://__token__:{token}@"));
            environment.extend([
                ("POETRY_HTTP_BASIC_OURS_USERNAME", "__token__"),
                ("POETRY_HTTP_BASIC_OURS_PASSWORD", token),
                ("PDM_PYPI_USERNAME", "__token__"),
                ("PDM_PYPI_PASSWORD", token),
            ]);
        }
        environment.push(("UV_DEFAULT_INDEX", &index));
        self.clients.tool(self.tool, &self.folder, &environment, args)
    }

    /// Locks anew.
    fn lock(&self) -> Run {
        let _ = std::fs::remove_file(self.folder.join(self.lock_file));
        match self.tool {
            Tool::Poetry => self.run(&["lock", "-n", "--no-cache"]),
            Tool::Pdm => self.run(&["lock"]),
            _ => self.run(&["dep", "lock"]),
        }
    }

    #[track_caller]
    fn assert_locked(&self, dist: &Dist) {
        self.lock().ok();
        let text = std::fs::read_to_string(self.folder.join(self.lock_file)).unwrap();
        assert!(text.contains(&dist.sha256().to_string()), "{text}");
    }

    /// Installs what is locked into a new environment.
    fn install(&self) -> Run {
        let _ = std::fs::remove_dir_all(self.folder.join(".venv"));
        match self.tool {
            Tool::Poetry => self.run(&["sync", "-n", "--no-cache"]),
            Tool::Pdm => self.run(&["sync"]),
            _ => {
                self.run(&["env", "prune"]).ok();
                self.run(&["env", "create"])
            }
        }
    }

    #[track_caller]
    fn assert_installs(&self, version: &str) {
        self.install().ok();
        let run = self.run(&["run", "python", "-c", "import the_lib; print(the_lib.VERSION)"]).ok();
        assert_eq!(run.stdout.lines().last(), Some(version), "{}", run.text());
    }
}

/// What every tool that locks has to see.
fn locks_and_installs(tool: Tool) {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dists = ["1.0", "2.0"].map(|version| of_ours("the-lib", version, ""));
    for dist in &dists {
        assert_eq!(Upload::of(dist).send(&house.fondaco, &token).status, 200);
    }
    let consumer = Consumer::new(&house, tool);
    consumer.assert_locked(&dists[1]);
    consumer.assert_installs("2.0");
    // Yanked: who has locked it still gets it, who locks anew does not.
    house.fondaco.admin(&["yank", "the-lib==2.0", "--reason", "breaks"]).ok();
    consumer.assert_installs("2.0");
    consumer.assert_locked(&dists[0]);
    consumer.assert_installs("1.0");
    // In quarantine: nobody gets it, locked or not.
    house.fondaco.admin(&["quarantine", "the-lib==1.0", "--reason", "odd"]).ok();
    let refused = consumer.install();
    assert!(!refused.success(), "{}", refused.text());
    house.fondaco.admin(&["quarantine", "the-lib", "--reason", "odd"]).ok();
    let refused = consumer.lock();
    assert!(!refused.success(), "{}", refused.text());
}

#[test]
fn poetry_locks_and_installs() {
    locks_and_installs(Tool::Poetry);
}

#[test]
fn pdm_locks_and_installs() {
    locks_and_installs(Tool::Pdm);
}

#[test]
fn hatch_locks_and_installs() {
    locks_and_installs(Tool::Hatch);
}

#[test]
fn poetry_pdm_and_hatch_show_the_tokens_that_they_are_told() {
    let house = House::with_config("[reading]\notherwise = 'any-token'\n");
    let publisher = house.fondaco.token(&["--all-projects"]);
    let dist = of_ours("the-lib", "1.0", "");
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &publisher).status, 200);
    for tool in [Tool::Poetry, Tool::Pdm, Tool::Hatch] {
        let mut consumer = Consumer::new(&house, tool);
        let refused = consumer.lock();
        assert!(!refused.success(), "{tool:?}: {}", refused.text());
        consumer.token = Some(house.fondaco.token(&["--read-only"]));
        consumer.assert_locked(&dist);
        consumer.assert_installs("1.0");
    }
}

#[test]
fn flit_installs_what_a_project_requires() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    assert_eq!(Upload::of(&of_ours("the-lib", "1.0", "")).send(&house.fondaco, &token).status, 200);
    let clients = Clients::new();
    let folder = source(&clients, "by-flit", "flit_core.buildapi", "dependencies = ['the-lib']");
    let index = house.fondaco.index_url();
    let install = |python: &Path| {
        let environment = [("PIP_INDEX_URL", index.as_str()), ("FLIT_ROOT_INSTALL", "1")];
        let args = ["install", "--pth-file", "--python", python.to_str().unwrap(), "--deps", "production"];
        clients.tool(Tool::Flit, &folder, &environment, &args)
    };
    install(&clients.environment("first")).ok();
    let served = house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
    assert!(served.contains("the_lib-1.0-py3-none-any.whl"), "{served}");
    house.fondaco.admin(&["quarantine", "the-lib", "--reason", "odd"]).ok();
    let refused = install(&clients.environment("second"));
    assert!(!refused.success(), "{}", refused.text());
}

/// The source of a project, to be built.
fn source(clients: &Clients, project: &str, backend: &str, more: &str) -> PathBuf {
    let (folder, module) = (clients.folder().join(project), project.replace('-', "_"));
    std::fs::create_dir_all(folder.join(&module)).unwrap();
    let requires = backend.split('.').next().unwrap().replace('_', "-");
    let toml = format!(
        "[project]\nname = '{project}'\nversion = '1.0'\ndescription = 'Ours.'\nrequires-python = '>=3.9'\n{more}\n\
         [build-system]\nrequires = ['{}']\nbuild-backend = '{backend}'\n",
        if requires == "poetry" { "poetry-core" } else { &requires }
    );
    std::fs::write(folder.join("pyproject.toml"), toml).unwrap();
    std::fs::write(
        folder.join(module).join("__init__.py"),
        format!("\"\"\"Ours.\"\"\"\n{}", honest_module()),
    )
    .unwrap();
    folder
}

/// A folder with a file in `dist`, for tools that build only with a network.
fn built(clients: &Clients, dist: &Dist) -> PathBuf {
    let project = dist.file_name.split('-').next().unwrap().replace('_', "-");
    let folder = source(clients, &project, "hatchling.build", "");
    std::fs::create_dir_all(folder.join("dist")).unwrap();
    std::fs::write(folder.join("dist").join(&dist.file_name), &*dist.bytes).unwrap();
    folder
}

/// Publishes what lies in a project's folder.
fn publish(house: &House, clients: &Clients, tool: Tool, folder: &Path, token: &str) -> Run {
    let url = house.fondaco.url("/legacy/");
    let run = |environment: &[(&str, &str)], args: &[&str]| clients.tool(tool, folder, environment, args);
    match tool {
        Tool::Poetry => run(
            &[("POETRY_REPOSITORIES_OURS_URL", &url)],
            &["publish", "--build", "-r", "ours", "-u", "__token__", "-p", token, "-n"],
        ),
        Tool::Flit => run(
            &[("FLIT_INDEX_URL", &url), ("FLIT_USERNAME", "__token__"), ("FLIT_PASSWORD", token)],
            &["publish"],
        ),
        Tool::Pdm => {
            run(&[("PDM_PUBLISH_PASSWORD", token)], &["publish", "-r", &url, "-u", "__token__", "--no-build"])
        }
        _ => run(
            &[("HATCH_INDEX_REPO", &url), ("HATCH_INDEX_USER", "__token__"), ("HATCH_INDEX_AUTH", token)],
            &["publish", "-n"],
        ),
    }
}

#[test]
fn what_each_tool_publishes_is_served_as_it_is() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let clients = Clients::new();
    for (tool, project, folder) in [
        (Tool::Poetry, "by-poetry", source(&clients, "by-poetry", "poetry.core.masonry.api", "")),
        (Tool::Flit, "by-flit", source(&clients, "by-flit", "flit_core.buildapi", "")),
        (Tool::Pdm, "by-pdm", built(&clients, &of_ours("by-pdm", "1.0", ""))),
        (Tool::Hatch, "by-hatch", built(&clients, &of_ours("by-hatch", "1.0", ""))),
    ] {
        let refused = publish(&house, &clients, tool, &folder, "fondaco-00000000-wrong");
        assert!(!refused.success() && refused.text().contains("403"), "{tool:?}: {}", refused.text());
        publish(&house, &clients, tool, &folder, &token).ok();
        let mut sent = 0;
        for entry in std::fs::read_dir(folder.join("dist")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let address = format!("/files/own/{project}/{name}");
            assert_eq!(house.fondaco.get(&address, &[]).body, std::fs::read(&path).unwrap(), "{name}");
            sent += 1;
        }
        let files = house.listing(project)["files"].as_array().unwrap().len();
        assert!(files == sent && sent > 0, "{tool:?}: {files} of {sent}");
    }
}

#[cfg(feature = "yara")]
#[test]
fn each_tool_takes_it_that_an_upload_is_held() {
    let house = House::holding();
    let token = house.fondaco.token(&["--all-projects"]);
    let clients = Clients::new();
    for (tool, project) in [(Tool::Pdm, "by-pdm"), (Tool::Hatch, "by-hatch")] {
        let folder = built(&clients, &of_ours(project, "1.0", "NOTE = 'HOLD-ME'\n"));
        publish(&house, &clients, tool, &folder, &token).ok();
    }
    for (tool, project, backend) in [
        (Tool::Poetry, "by-poetry", "poetry.core.masonry.api"),
        (Tool::Flit, "by-flit", "flit_core.buildapi"),
    ] {
        let folder = source(&clients, project, backend, "");
        let module = folder.join(project.replace('-', "_")).join("__init__.py");
        let text = std::fs::read_to_string(&module).unwrap() + "\nNOTE = 'HOLD-ME'\n";
        std::fs::write(&module, text).unwrap();
        publish(&house, &clients, tool, &folder, &token).ok();
    }
    let root = house.fondaco.get("/simple/", &[("Accept", crate::house::JSON)]).json();
    assert_eq!(root["projects"], json!([]), "what is held is in no listing");
    let taken = house.fondaco.get("/metrics", &[]).text();
    assert!(taken.contains("fondaco_uploads_taken 6"), "{taken}");
}
