//! Clients of services that keep or pass on what they are given: messengers, stores, queues.

/// Whether an argument of a request that has this name is how a client signs in, rather than what it sends.
pub fn signs_in(argument: &str) -> bool {
    matches!(argument, "headers" | "auth" | "cookies" | "cert")
}

/// Whether a method of a client of a store, a queue or a service keeps there what it is given.
pub(crate) fn is_store(object: &str, method: &str) -> bool {
    let methods: &[&str] = match object.split('.').next().unwrap_or_default() {
        "pymongo" | "motor" => &["insert_one", "insert_many", "replace_one", "update_one"],
        "redis" => &["set", "hset", "lpush", "rpush", "publish"],
        "boto3" | "aioboto3" => &["upload_file", "upload_fileobj"],
        "azure" => &["upload_blob"],
        "google" => &["upload_from_string", "upload_from_filename", "upload_from_file"],
        "slack_sdk" | "slack" => &["chat_postMessage", "files_upload", "files_upload_v2"],
        "paho" => &["publish", "single"],
        "pika" => &["basic_publish"],
        "gspread" => &["append_row", "append_rows"],
        "github" => &["create_file", "update_file", "create_gist", "create_issue"],
        "supabase" => &["insert", "upsert", "upload"],
        "firebase_admin" => &["push", "set"],
        "sentry_sdk" => &["set_context", "set_extra"],
        _ => return false,
    };
    methods.contains(&method)
}

/// A bot of a messenger.
pub(crate) fn is_messenger(object: &str) -> bool {
    const LIBRARIES: [&str; 6] = ["telebot", "telegram", "telethon", "pyrogram", "aiogram", "telepot"];
    object.ends_with("()") && LIBRARIES.contains(&object.split('.').next().unwrap_or_default())
}
