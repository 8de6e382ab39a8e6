use crate::head::{Head, header};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path without the query, `%XX` decoded.
    pub path: String,
    /// What follows the `?`, as sent.
    pub query: String,
    /// The headers in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    pub(crate) fn of(head: Head) -> Self {
        let mut words = head.line.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method, path: decoded(path), query: query.to_owned(), headers: head.headers, body: Vec::new() }
    }
}

/// `%XX` decoded; what isn't valid stays.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let code = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(b'%'));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_target_apart() {
        let line = "GET /files/a%2Bb-1%zz?x=%2B HTTP/1.1".to_owned();
        let request = Request::of(Head { line, headers: vec![("Range".into(), "bytes=0-".into())] });
        assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/files/a+b-1%zz"));
        assert_eq!((request.query.as_str(), request.header("range")), ("x=%2B", Some("bytes=0-")));
    }
}
