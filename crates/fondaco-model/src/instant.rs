use jiff::Timestamp;

/// An instant as PEP 700 writes it: `2026-01-31T12:00:00.000000Z`.
pub fn rfc3339(at: Timestamp) -> String {
    format!("{at:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_always() {
        let at: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        assert_eq!(rfc3339(at), "2026-01-31T12:00:00.000000Z");
    }
}
