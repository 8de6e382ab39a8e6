//! Windows commands and batch files.

use super::{Act, Forms};

/// Lower case, without carets and empty quotes.
pub(super) fn plain(text: &str) -> String {
    text.to_ascii_lowercase().replace('^', "").replace("\"\"", "")
}

pub(super) const FORMS: Forms = &[
    (Act::FetchAndRun, &["certutil", "-urlcache"]),
    (Act::FetchAndRun, &["bitsadmin", "/transfer", "http"]),
    (Act::FetchAndRun, &["mshta http"]),
    (Act::FetchAndRun, &["mshta javascript:"]),
    (Act::FetchAndRun, &["mshta vbscript:"]),
    (Act::FetchAndRun, &["regsvr32", "/i:http"]),
    (Act::FetchAndRun, &["rundll32 javascript:"]),
    (Act::FetchAndRun, &["msiexec", "/q", "http"]),
    (Act::FetchAndRun, &["curl ", ".exe", "&& start"]),
    (Act::FetchAndRun, &["curl ", ".exe", "& start"]),
    (Act::Persist, &["schtasks", "/create"]),
    (Act::Persist, &["reg add", "currentversion\\run"]),
    (Act::Persist, &["start menu\\programs\\startup"]),
    (Act::Persist, &["sc create ", "binpath"]),
    (Act::Disarm, &["vssadmin", "delete shadows"]),
    (Act::Disarm, &["shadowcopy delete"]),
    (Act::Disarm, &["disableantispyware"]),
    (Act::Disarm, &["disablerealtimemonitoring"]),
    (Act::Disarm, &["netsh", "firewall", "state off"]),
    (Act::Disarm, &["wevtutil cl "]),
    (Act::Disarm, &["taskkill", "msmpeng"]),
    (Act::Disarm, &["bcdedit", "recoveryenabled no"]),
    (Act::Send, &["curl ", "%username%"]),
    (Act::Send, &["curl ", "%computername%"]),
];
