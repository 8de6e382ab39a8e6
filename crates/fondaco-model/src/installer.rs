/// What kind of program a file was served to, by what it calls itself: a closed list, so that nobody fills
/// the counts of downloads with names of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Installer {
    /// pip, also within other programs.
    Pip,
    /// uv.
    Uv,
    /// Poetry.
    Poetry,
    /// PDM.
    Pdm,
    /// setuptools, and what is derived of it.
    Setuptools,
    /// bandersnatch: a mirror.
    Bandersnatch,
    /// devpi: a cache.
    Devpi,
    /// Artifactory: a cache.
    Artifactory,
    /// Sonatype Nexus: a cache.
    Nexus,
    /// Another Fondaco.
    Fondaco,
    /// A browser.
    Browser,
    /// Another program, or one that does not say what it is.
    Other,
}

impl Installer {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Pip,
        Self::Uv,
        Self::Poetry,
        Self::Pdm,
        Self::Setuptools,
        Self::Bandersnatch,
        Self::Devpi,
        Self::Artifactory,
        Self::Nexus,
        Self::Fondaco,
        Self::Browser,
        Self::Other,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
            Self::Poetry => "poetry",
            Self::Pdm => "pdm",
            Self::Setuptools => "setuptools",
            Self::Bandersnatch => "bandersnatch",
            Self::Devpi => "devpi",
            Self::Artifactory => "artifactory",
            Self::Nexus => "nexus",
            Self::Fondaco => "fondaco",
            Self::Browser => "browser",
            Self::Other => "other",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.id() == id)
    }

    /// The kind of a client, by its `User-Agent` (RFC 9110 §10.1.5): its first product counts, without
    /// its version.
    pub fn of(user_agent: &str) -> Self {
        let product = user_agent.split(['/', ' ', ';', '(']).next().unwrap_or_default().to_ascii_lowercase();
        match product.as_str() {
            "mozilla" => Self::Browser,
            "python-urllib" if user_agent.contains("setuptools/") => Self::Setuptools,
            "devpi-server" => Self::Devpi,
            "browser" => Self::Other,
            name => Self::from_id(name).unwrap_or(Self::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_what_clients_call_themselves() {
        for (agent, kind) in [
            (r#"pip/25.3 {"ci":null,"cpu":"x86_64"}"#, Installer::Pip),
            (r#"uv/0.9.7 {"installer":{"name":"uv"}}"#, Installer::Uv),
            ("poetry/2.2.1 (Linux) CPython/3.12.3", Installer::Poetry),
            ("pdm/2.26.0 {}", Installer::Pdm),
            ("setuptools/80.9.0 Python-urllib/3.12", Installer::Setuptools),
            ("Python-urllib/3.12 setuptools/80.9.0", Installer::Setuptools),
            ("Python-urllib/3.12", Installer::Other),
            ("bandersnatch/7.0.0 (cpython 3.12)", Installer::Bandersnatch),
            ("devpi-server/6.17.0 (py3.12)", Installer::Devpi),
            ("Artifactory/7.111.4 71104900", Installer::Artifactory),
            ("Nexus/3.85.0-03 (COMMUNITY; Linux)", Installer::Nexus),
            ("Mozilla/5.0 (X11; Linux x86_64)", Installer::Browser),
            ("browser/1", Installer::Other),
            ("pipette/1.0", Installer::Other),
            ("PIP/1", Installer::Pip),
            ("", Installer::Other),
            ("/", Installer::Other),
        ] {
            assert_eq!(Installer::of(agent), kind, "{agent:?}");
        }
        for kind in Installer::ALL {
            assert_eq!(Installer::from_id(kind.id()), Some(kind));
        }
    }
}
