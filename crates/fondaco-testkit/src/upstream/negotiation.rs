//! Which form of a page a client gets (PEP 691).

/// The form of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    /// HTML under its versioned content type.
    Html,
    /// HTML as `text/html`.
    PlainHtml,
}

impl Form {
    const ALL: [Self; 3] = [Self::Json, Self::Html, Self::PlainHtml];

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/vnd.pypi.simple.v1+json",
            Self::Html => "application/vnd.pypi.simple.v1+html",
            Self::PlainHtml => "text/html",
        }
    }

    /// The form that `accept` prefers; the first of equals. Without a wish it is plain HTML.
    pub(super) fn preferred(accept: Option<&str>, html_only: bool) -> Self {
        let mut best = (0.0, Self::PlainHtml);
        for range in accept.unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let wanted = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            let form = Self::ALL.into_iter().find(|form| form.content_type() == wanted);
            match form {
                Some(Self::Json) if html_only => {}
                Some(form) if quality > best.0 => best = (quality, form),
                _ => {}
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_clients_send() {
        let pip = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";
        assert_eq!(Form::preferred(Some(pip), false), Form::Json);
        assert_eq!(Form::preferred(Some(pip), true), Form::Html);
        assert_eq!(Form::preferred(Some("*/*"), false), Form::PlainHtml);
        assert_eq!(Form::preferred(None, false), Form::PlainHtml);
    }
}
