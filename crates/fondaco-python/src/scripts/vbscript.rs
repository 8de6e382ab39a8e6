//! VBScript.

use super::{Act, Forms};

pub(super) const FORMS: Forms = &[
    (Act::FetchAndRun, &["msxml2", "adodb.stream", "savetofile"]),
    (Act::FetchAndRun, &["createobject", "wscript.shell", "http"]),
    (Act::FetchAndRun, &["createobject", "winhttp", "execute"]),
    (Act::Persist, &["createobject", "regwrite", "currentversion\\run"]),
    (Act::Persist, &["createshortcut", "startup"]),
    (Act::Hide, &["wscript.shell", ".run", ", 0"]),
];
