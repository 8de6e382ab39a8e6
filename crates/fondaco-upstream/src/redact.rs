use url::Url;

/// An address for logs and messages: without credentials, query and fragment.
pub fn redacted(url: &Url) -> String {
    let mut shown = url.clone();
    // These fail only for addresses without a host, which have no credentials either.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_is_secret() {
        let url: Url = "https://user:secret@index.example/simple/?token=x#y".parse().unwrap();
        assert_eq!(redacted(&url), "https://index.example/simple/");
    }
}
