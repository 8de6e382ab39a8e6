use std::io::{self, BufRead, Read};

/// Longest head taken, in bytes.
const MAX_HEAD: u64 = 256 << 10;

/// The start of an HTTP/1.1 message.
pub(crate) struct Head {
    /// The request line or the status line.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    /// Reads up to the empty line; `None` when the other side closed before it said anything.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut limited = from.take(MAX_HEAD);
        let mut line = String::new();
        if limited.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            if limited.read_line(&mut header)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the head ends early"));
            }
            let header = header.trim_end();
            if header.is_empty() {
                return Ok(Some(Self { line: line.trim_end().to_owned(), headers }));
            }
            let (name, value) = header.split_once(':').unwrap_or((header, ""));
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
}

/// The first header of that name, in any case.
pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
