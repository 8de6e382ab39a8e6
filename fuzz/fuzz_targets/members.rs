//! The readers of members that are no Python: the first byte picks one, the rest is the member.
#![no_main]

use fondaco_members::{
    Kind, ScriptLanguage, SettingKind, acts, appended, check_record, read_native, read_notebook, read_pickle,
    search_native, settings,
};
use libfuzzer_sys::fuzz_target;

const SETTINGS: [SettingKind; 7] = [
    SettingKind::Pyproject,
    SettingKind::SetupCfg,
    SettingKind::Npm,
    SettingKind::EditorTask,
    SettingKind::DevContainer,
    SettingKind::Agent,
    SettingKind::Checks,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((pick, mut bytes)) = bytes.split_first() else { return };
    // What can't be read is an error or a fact, never a panic.
    match pick % 8 {
        0 => drop(read_pickle("a.pkl", &mut bytes)),
        1 => {
            let kind = Kind::of(bytes);
            drop(read_native("a.so", kind, &mut bytes));
        }
        2 => drop(appended("a.png", bytes)),
        3 => drop(read_notebook(bytes)),
        4 => drop(check_record(Some(bytes), &[])),
        5 => drop(search_native("a", "pyc", bytes)),
        6 => {
            let _ = ScriptLanguage::of("a", bytes);
            drop(acts(&String::from_utf8_lossy(bytes)));
        }
        _ => {
            for kind in SETTINGS {
                drop(settings("a", kind, bytes));
            }
        }
    }
});
