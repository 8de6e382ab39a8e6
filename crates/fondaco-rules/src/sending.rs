//! What a call sends over the network.

use fondaco_python::{Api, Call, Value};

/// What leaves with a call, each part with the name of its argument: of a request that fetches the
/// address, and what it sends along.
pub(crate) fn sent(call: &Call) -> impl Iterator<Item = (&str, &Value)> {
    let is_fetch = call.api == Some(Api::NetworkFetch);
    let sends = is_fetch || call.api == Some(Api::NetworkSend);
    let most = match call.callee.rsplit('.').next().unwrap_or_default() {
        _ if !sends => 0,
        _ if !is_fetch => usize::MAX,
        // An address and what is posted to it; a method, an address, and what is sent there.
        "urlopen" => 2,
        "request" => 3,
        _ => 1,
    };
    let body =
        |name: &str| matches!(name, "data" | "json" | "params" | "files" | "content" | "body" | "fields");
    let named = call.kwargs.iter().filter(move |(name, _)| sends && (!is_fetch || body(name)));
    call.args
        .iter()
        .take(most)
        .map(|value| ("", value))
        .chain(named.map(|(name, value)| (name.as_str(), value)))
}

/// The address that a call is made to, where its method has it first.
pub(crate) fn address(call: &Call) -> Option<&Value> {
    let named = call.kwargs.iter().find(|(name, _)| name == "url").map(|(_, value)| value);
    let at = usize::from(call.callee.ends_with(".request"));
    named
        .or_else(|| call.args.get(at))
        .filter(|_| !call.callee.contains("socket") && !call.callee.contains("smtp"))
}

/// Whether a call talks to what a cloud answers its machines by: the whole host has to be known, since a text after it
/// may make it another.
pub(crate) fn asks_cloud(call: &Call) -> bool {
    let host = |text: &str| {
        let (host, _) = text.split_once("://")?.1.split_once('/')?;
        Some(matches!(host, "169.254.169.254" | "169.254.170.2" | "metadata.google.internal"))
    };
    address(call).and_then(|address| host(address.texts().first()?)).unwrap_or_default()
}
