//! PowerShell.

use super::{Act, Forms};
use crate::decoders;

/// Base64 within base64 is followed this far.
const MAX_DEPTH: usize = 3;
/// Shorter runs are names.
const MIN_RUN: usize = 24;

/// Lower case, without back ticks and joints between literals, with what is base64 in it behind.
pub(super) fn plain(text: &str) -> String {
    let mut all = String::new();
    let mut part = text.to_owned();
    for _ in 0..MAX_DEPTH {
        all.push_str(&joined(&part));
        all.push('\n');
        part = inner(&part);
        if part.is_empty() {
            break;
        }
    }
    all
}

fn joined(text: &str) -> String {
    let text = text.to_ascii_lowercase().replace('`', "").replace("' + '", "'+'").replace("\" + \"", "\"+\"");
    text.replace("'+'", "").replace("\"+\"", "")
}

/// The text of all long base64 runs.
fn inner(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let mut out = String::new();
    for run in text.split(|c| !is_digit(c)).filter(|run| run.len() >= MIN_RUN) {
        let Some(bytes) = decoders::decode("base64.b64decode", run.as_bytes()) else { continue };
        let wide = bytes.len() > 8 && bytes.iter().skip(1).step_by(2).all(|b| *b == 0);
        let narrow: Vec<u8> = if wide { bytes.iter().step_by(2).copied().collect() } else { bytes };
        if let Ok(text) = String::from_utf8(narrow)
            && !text.contains('\0')
        {
            out.push_str(&text);
            out.push('\n');
        }
    }
    out
}

pub(super) const FORMS: Forms = &[
    (Act::FetchAndRun, &["iex", "downloadstring"]),
    (Act::FetchAndRun, &["invoke-expression", "downloadstring"]),
    (Act::FetchAndRun, &["iex", "iwr "]),
    (Act::FetchAndRun, &["iex", "irm "]),
    (Act::FetchAndRun, &["iex", "invoke-webrequest"]),
    (Act::FetchAndRun, &["iex", "invoke-restmethod"]),
    (Act::FetchAndRun, &["invoke-expression", "invoke-webrequest"]),
    (Act::FetchAndRun, &["invoke-webrequest", "start-process"]),
    (Act::FetchAndRun, &["invoke-webrequest", "invoke-item"]),
    (Act::FetchAndRun, &["iwr ", "start-process"]),
    (Act::FetchAndRun, &["downloadfile", "start-process"]),
    (Act::FetchAndRun, &["downloadfile", "invoke-item"]),
    (Act::FetchAndRun, &["downloadfile", "start "]),
    (Act::FetchAndRun, &["start-bitstransfer", "start-process"]),
    (Act::FetchAndRun, &["downloaddata", "reflection.assembly"]),
    (Act::FetchAndRun, &["frombase64string", "reflection.assembly", "load("]),
    (Act::ReverseShell, &["net.sockets.tcpclient", "getstream", "iex"]),
    (Act::ReverseShell, &["net.sockets.tcpclient", "getstream", "invoke-expression"]),
    (Act::Persist, &["register-scheduledtask"]),
    (Act::Persist, &["currentversion\\run", "new-itemproperty"]),
    (Act::Persist, &["currentversion\\run", "set-itemproperty"]),
    (Act::Disarm, &["set-mppreference"]),
    (Act::Disarm, &["add-mppreference", "exclusion"]),
    (Act::Disarm, &["amsiutils"]),
    (Act::Disarm, &["amsiscanbuffer"]),
    (Act::Disarm, &["netfirewallprofile", "-enabled false"]),
    (Act::Send, &["invoke-restmethod", "-method post", "$env:"]),
    (Act::Send, &["uploadfile("]),
    (Act::Send, &["uploadstring("]),
    (Act::Hide, &["-windowstyle hidden"]),
    (Act::Hide, &["-w hidden"]),
    (Act::Hide, &["-windowstyle h "]),
];
