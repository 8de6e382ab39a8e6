use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::head::{Head, header};

/// How long a read may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// What a server answered, as it stood on the wire.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The reason phrase, which pip prints.
    pub reason: String,
    /// The headers in their order.
    pub headers: Vec<(String, String)>,
    /// The body without its transfer coding; what came of it.
    pub body: Vec<u8>,
    /// Whether the body came to its end; `false` when the connection was closed early.
    pub complete: bool,
}

impl Answer {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// One HTTP/1.1 exchange on a connection of its own, following nothing and hiding nothing.
/// `url` is `http://HOST:PORT/PATH`; the path is sent as it is given.
///
/// # Errors
/// When there is no connection, or no complete head comes within two minutes.
pub fn fetch(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidInput, format!("not an http URL: {url}"));
    let rest = url.strip_prefix("http://").ok_or_else(invalid)?;
    let (host, path) = rest.split_at(rest.find('/').ok_or_else(invalid)?);
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    // A server may answer and close without reading the whole body.
    let _ = stream.write_all(body);
    answer(&mut BufReader::new(stream), method == "HEAD")
}

fn answer(from: &mut impl BufRead, head_only: bool) -> io::Result<Answer> {
    let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let Head { line, headers } = Head::read(from)?.ok_or_else(|| damaged("no answer"))?;
    let mut words = line.splitn(3, ' ').skip(1);
    let status = words.next().and_then(|word| word.parse().ok()).ok_or_else(|| damaged(&line))?;
    let reason = words.next().unwrap_or_default().to_owned();
    let mut answer = Answer { status, reason, headers, body: Vec::new(), complete: true };
    if head_only || matches!(status, 204 | 304) {
        return Ok(answer);
    }
    let mut body = Vec::new();
    answer.complete = if answer.header("transfer-encoding").is_some_and(|value| value == "chunked") {
        chunks(from, &mut body).is_ok()
    } else if let Some(length) = answer.header("content-length") {
        let length = length.parse().map_err(|_| damaged("Content-Length"))?;
        let read = from.take(length).read_to_end(&mut body);
        read.is_ok() && body.len() as u64 == length
    } else {
        from.read_to_end(&mut body).is_ok()
    };
    answer.body = body;
    Ok(answer)
}

fn chunks(from: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let size = line.trim_end().split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16)
            .map_err(|_| io::Error::new(io::ErrorKind::UnexpectedEof, "no chunk size"))?;
        if from.by_ref().take(size).read_to_end(body)? as u64 != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the chunk ends early"));
        }
        from.read_line(&mut line)?;
        if size == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wire: &str) -> Answer {
        answer(&mut wire.as_bytes(), false).unwrap()
    }

    #[test]
    fn reads_reason_chunks_and_what_is_cut() {
        let read_in_full = read("HTTP/1.1 403 held for review\r\nContent-Length: 2\r\n\r\nab");
        assert_eq!((read_in_full.status, read_in_full.reason.as_str()), (403, "held for review"));
        assert_eq!((read_in_full.body.as_slice(), read_in_full.complete), (b"ab".as_slice(), true));
        assert!(!read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").complete);
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n";
        let cut = read(chunked);
        assert_eq!((cut.text().as_str(), cut.complete), ("abc", false));
        assert!(read(&format!("{chunked}0\r\n\r\n")).complete);
    }
}
