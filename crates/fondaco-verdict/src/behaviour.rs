/// What code does, in the terms of MITRE ATT&CK (enterprise, v17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Behaviour {
    /// Runs code while it is being installed.
    InstallExecution,
    /// Runs code at interpreter start or on import without being asked.
    AutoloadExecution,
    /// Hides what it does.
    Obfuscation,
    /// Fetches a next stage.
    IngressTransfer,
    /// Runs commands through a shell or a system tool.
    CommandExecution,
    /// Takes credentials, keys or private files.
    CredentialAccess,
    /// Takes browser data, wallets or messenger sessions.
    BrowserWalletTheft,
    /// Collects facts about the host and its user.
    HostDiscovery,
    /// Sends what it has out.
    Exfiltration,
    /// Talks to an operator: reverse shell, remote control.
    CommandAndControl,
    /// Stays after a restart.
    Persistence,
    /// Watches keys, screen, clipboard or camera.
    Surveillance,
    /// Loads code into memory or another process.
    Injection,
    /// Destroys, encrypts or mines.
    Impact,
    /// Evades analysis, pretends to be something else, or spreads itself.
    Evasion,
}

impl Behaviour {
    /// All behaviours, in the order of the report.
    pub const ALL: [Self; 15] = [
        Self::InstallExecution,
        Self::AutoloadExecution,
        Self::Obfuscation,
        Self::IngressTransfer,
        Self::CommandExecution,
        Self::CredentialAccess,
        Self::BrowserWalletTheft,
        Self::HostDiscovery,
        Self::Exfiltration,
        Self::CommandAndControl,
        Self::Persistence,
        Self::Surveillance,
        Self::Injection,
        Self::Impact,
        Self::Evasion,
    ];

    /// Stable id, kebab-case.
    pub fn id(self) -> &'static str {
        match self {
            Self::InstallExecution => "install-execution",
            Self::AutoloadExecution => "autoload-execution",
            Self::Obfuscation => "obfuscation",
            Self::IngressTransfer => "ingress-transfer",
            Self::CommandExecution => "command-execution",
            Self::CredentialAccess => "credential-access",
            Self::BrowserWalletTheft => "browser-wallet-theft",
            Self::HostDiscovery => "host-discovery",
            Self::Exfiltration => "exfiltration",
            Self::CommandAndControl => "command-and-control",
            Self::Persistence => "persistence",
            Self::Surveillance => "surveillance",
            Self::Injection => "injection",
            Self::Impact => "impact",
            Self::Evasion => "evasion",
        }
    }

    /// A title for a person.
    pub fn title(self) -> &'static str {
        match self {
            Self::InstallExecution => "runs code during installation",
            Self::AutoloadExecution => "runs code at interpreter start or import",
            Self::Obfuscation => "hides its code",
            Self::IngressTransfer => "fetches a next stage",
            Self::CommandExecution => "executes commands",
            Self::CredentialAccess => "steals credentials or private files",
            Self::BrowserWalletTheft => "steals browser data or wallets",
            Self::HostDiscovery => "collects facts about the host",
            Self::Exfiltration => "sends data out",
            Self::CommandAndControl => "gives a remote operator control",
            Self::Persistence => "installs itself permanently",
            Self::Surveillance => "watches the user",
            Self::Injection => "loads code into memory",
            Self::Impact => "destroys, encrypts or mines",
            Self::Evasion => "evades analysis or spreads",
        }
    }

    /// The nearest innocent reason for code that looks like this; what a person should rule out.
    pub fn innocent(self) -> &'static str {
        match self {
            Self::InstallExecution => "a build script that compiles an extension or reads its version",
            Self::AutoloadExecution => {
                "an import hook of a coverage or debugging tool, or an editable install"
            }
            Self::Obfuscation => "embedded assets, templates or licence keys, decoded but not executed",
            Self::IngressTransfer => {
                "a wrapper that fetches its native tool from its own project's releases and checks a digest"
            }
            Self::CommandExecution => "a tool that wraps another program for its user",
            Self::CredentialAccess => "a client of a cloud service that reads its own user's configuration",
            Self::BrowserWalletTheft => "a tool for backup or forensics that its user starts",
            Self::HostDiscovery => "telemetry, or the choice of a build for this platform",
            Self::Exfiltration => {
                "a client that sends what its user gave it to its own service, or telemetry"
            }
            Self::CommandAndControl => "a remote shell or a chat bot that its user sets up",
            Self::Persistence => "an installer of a service that its user asked for",
            Self::Surveillance => "a library for automation, hot keys or screenshots",
            Self::Injection => "bindings to native code through ctypes",
            Self::Impact => "cleaning up its own temporary files, or a backup tool that encrypts",
            Self::Evasion => "a commercial obfuscator or licence check",
        }
    }

    /// The ATT&CK techniques that this behaviour stands for.
    pub fn attack(self) -> &'static [&'static str] {
        match self {
            Self::InstallExecution => &["T1195.002", "T1059.006"],
            Self::AutoloadExecution => &["T1546.018"],
            Self::Obfuscation => &["T1027", "T1140"],
            Self::IngressTransfer => &["T1105"],
            Self::CommandExecution => &["T1059"],
            Self::CredentialAccess => &["T1552", "T1555"],
            Self::BrowserWalletTheft => &["T1555.003", "T1539"],
            Self::HostDiscovery => &["T1082", "T1033", "T1016"],
            Self::Exfiltration => &["T1041", "T1567"],
            Self::CommandAndControl => &["T1071", "T1571"],
            Self::Persistence => &["T1547", "T1543", "T1053"],
            Self::Surveillance => &["T1056.001", "T1113", "T1115"],
            Self::Injection => &["T1055", "T1620"],
            Self::Impact => &["T1485", "T1486", "T1496"],
            Self::Evasion => &["T1497", "T1036"],
        }
    }

    /// The stage of an attack that this behaviour belongs to.
    pub fn stage(self) -> Stage {
        match self {
            Self::InstallExecution | Self::AutoloadExecution => Stage::Trigger,
            Self::Obfuscation | Self::Evasion => Stage::Unfold,
            Self::IngressTransfer => Stage::Fetch,
            Self::Persistence | Self::Injection => Stage::Persist,
            Self::CredentialAccess | Self::BrowserWalletTheft | Self::HostDiscovery | Self::Surveillance => {
                Stage::Collect
            }
            Self::Exfiltration => Stage::Exfiltrate,
            Self::CommandExecution | Self::CommandAndControl | Self::Impact => Stage::Impact,
        }
    }
}

/// The stages of an attack chain, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Code gets to run.
    Trigger,
    /// Hidden code is decoded.
    Unfold,
    /// A next stage is fetched.
    Fetch,
    /// It makes itself permanent.
    Persist,
    /// It gathers what it came for.
    Collect,
    /// It sends that away.
    Exfiltrate,
    /// It acts on the host: commands, remote control, damage.
    Impact,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 7] = [
        Self::Trigger,
        Self::Unfold,
        Self::Fetch,
        Self::Persist,
        Self::Collect,
        Self::Exfiltrate,
        Self::Impact,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Unfold => "unfold",
            Self::Fetch => "fetch",
            Self::Persist => "persist",
            Self::Collect => "collect",
            Self::Exfiltrate => "exfiltrate",
            Self::Impact => "impact",
        }
    }
}
