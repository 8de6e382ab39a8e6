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
    agent_config,
    ambiguous_archive,
    appended_payload,
    binary_marks,
    browser_data,
    bundled_program_run,
    command_download,
    command_exfiltration,
    command_shadow,
    confusion_version,
    data_exec,
    decoded_address,
    decoded_command,
    decoded_drop,
    decoded_exec,
    destruction,
    disguised_program,
    downloaded_command,
    drop_contact,
    drop_service,
    encoded_powershell,
    environment_exfiltration,
    fetched_program,
    foreign_install,
    hidden_callee,
    hidden_process,
    host_exfiltration,
    install_command,
    install_network,
    install_request,
    install_survey,
    memory_injection,
    messenger_webhook,
    mining,
    native_thief,
    nested_layers,
    network_exec,
    odd_framing,
    packed_program,
    padded_code,
    persistence,
    pickle_call,
    raw_address,
    record_mismatch,
    reverse_shell,
    script_attack,
    script_disarm,
    script_layer,
    secret_command,
    secret_exfiltration,
    secret_read,
    self_publishing,
    startup_code,
    surveillance,
    system_tampering,
    unparsed_source,
    unsafe_member,
    written_command,
}
