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
