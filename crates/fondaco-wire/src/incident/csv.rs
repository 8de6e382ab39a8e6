//! Indicators as CSV (RFC 4180).

use super::Incident;

/// A line for each thing to look for.
pub fn text(incidents: &[Incident]) -> String {
    let mut out = "type,value,project,campaign\r\n".to_owned();
    for incident in incidents {
        let campaign = incident.campaign.as_ref().map(|one| one.id.to_string()).unwrap_or_default();
        for one in incident.observables() {
            let fields = [one.kind.id(), &one.value, &one.project, &campaign].map(field);
            out.push_str(&fields.join(","));
            out.push_str("\r\n");
        }
    }
    out
}

/// A field. What a spreadsheet would calculate is made a text.
fn field(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_are_quoted_and_never_calculated() {
        assert_eq!(field("a.example"), "a.example");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(field("=1+1"), "'=1+1");
    }
}
