//! The list of rules. A new rule is a new file and a line here.

use crate::Rule;

macro_rules! rules {
    ($($name:ident,)*) => {
        $(mod $name;)*

        /// Each rule with the text of its file.
        pub(crate) static ALL: &[(&Rule, &str)] =
            &[$((&$name::RULE, include_str!(concat!("rules/", stringify!($name), ".rs"))),)*];
    };
}

rules! {
    ambiguous_archive,
    binary_marks,
    browser_data,
    command_download,
    command_exfiltration,
    confusion_version,
    decoded_command,
    decoded_drop,
    decoded_exec,
    destruction,
    downloaded_command,
    drop_service,
    encoded_powershell,
    hidden_callee,
    host_exfiltration,
    install_command,
    install_network,
    memory_injection,
    messenger_webhook,
    nested_layers,
    network_exec,
    odd_framing,
    padded_code,
    persistence,
    raw_address,
    reverse_shell,
    script_disarm,
    script_layer,
    secret_exfiltration,
    startup_code,
    surveillance,
    unparsed_source,
    unsafe_member,
}
