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
    borrowed_identity,
    browser_data,
    command_download,
    confusion_version,
    decoded_command,
    decoded_drop,
    decoded_exec,
    destruction,
    direct_dependency,
    downloaded_command,
    drop_service,
    empty_placeholder,
    encoded_powershell,
    hidden_callee,
    hollow_command,
    hollow_hook,
    hollow_package,
    host_exfiltration,
    install_command,
    install_network,
    mashed_name,
    memory_injection,
    messenger_webhook,
    name_mismatch,
    nested_install,
    nested_layers,
    network_exec,
    odd_framing,
    padded_code,
    persistence,
    raw_address,
    resembling_name,
    reverse_shell,
    secret_exfiltration,
    startup_code,
    stated_experiment,
    surveillance,
    template_metadata,
    tiny_loader,
    undescribed_actor,
    unparsed_source,
    unsafe_member,
}
