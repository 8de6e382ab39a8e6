//! HTML applications, and pages that carry a program.

use super::{Act, Forms};

pub(super) const FORMS: Forms = &[
    (Act::Hide, &["<hta:application", "showintaskbar"]),
    (Act::Hide, &["<script", "wscript.shell"]),
    (Act::FetchAndRun, &["<script", "wscript.shell", "http"]),
    (Act::FetchAndRun, &["<script", "new blob(", ".click()", "atob("]),
];
