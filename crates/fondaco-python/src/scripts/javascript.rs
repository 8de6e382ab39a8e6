//! JavaScript, of Node and of the Windows Script Host.

use super::{Act, Forms};

pub(super) const FORMS: Forms = &[
    (Act::FetchAndRun, &["msxml2.xmlhttp", "adodb.stream", ".run("]),
    (Act::FetchAndRun, &["activexobject", "wscript.shell", "http"]),
    (Act::FetchAndRun, &["eval(", "await fetch("]),
    (Act::FetchAndRun, &["child_process", "https.get(", "chmod"]),
    (Act::FetchAndRun, &["child_process", "| bash"]),
    (Act::FetchAndRun, &["child_process", "|sh"]),
    (Act::ReverseShell, &["net.socket", "child_process", ".pipe("]),
    (Act::Send, &["process.env", "https.request(", "json.stringify"]),
    (Act::Send, &["process.env", "fetch(", "method", "post"]),
    (Act::Hide, &["activexobject", "wscript.shell"]),
    (Act::Hide, &["child_process", "windowshide"]),
];
