use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

/// How often a second a throttled body is written to.
const BEATS: u64 = 20;

/// How long a waiting connection sleeps before it looks whether its server still runs.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// What the local server sends, and how.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Arc<Vec<u8>>,
    /// The part of the body that is sent.
    pub(crate) part: Range<usize>,
    pub(crate) delivery: Delivery,
}

/// How a reply is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At once.
    Whole,
    /// With a pause before the first byte.
    Late(Duration),
    /// At so many bytes of the body a second.
    Throttled(u64),
    /// So many bytes of the body, then nothing; the connection stays open.
    StallsAfter(usize),
    /// So many bytes of the body, then the connection is closed.
    ClosesAfter(usize),
    /// Not even a head; the connection stays open.
    Never,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Arc<Vec<u8>>>) -> Self {
        let body = body.into();
        let part = 0..body.len();
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body, part, delivery: Delivery::Whole }
    }

    pub(crate) fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain", text.as_bytes().to_vec())
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes it. `Ok(true)` when the connection can be used again; waits as long as `running`.
    pub(crate) fn write(
        &self,
        to: &mut impl Write,
        with_body: bool,
        running: &dyn Fn() -> bool,
    ) -> io::Result<bool> {
        match self.delivery {
            Delivery::Never => {
                wait(running);
                return Ok(false);
            }
            Delivery::Late(pause) => sleep(pause),
            _ => {}
        }
        to.write_all(self.head().as_bytes())?;
        let body = &self.body[self.part.clone()];
        if !with_body || self.status == 304 {
            return to.flush().map(|()| true);
        }
        match self.delivery {
            Delivery::Throttled(rate) => {
                let piece = usize::try_from((rate / BEATS).max(1)).unwrap_or(usize::MAX);
                for piece in body.chunks(piece) {
                    to.write_all(piece)?;
                    to.flush()?;
                    if !running() {
                        return Ok(false);
                    }
                    sleep(Duration::from_secs_f64(piece.len() as f64 / rate as f64));
                }
            }
            Delivery::StallsAfter(bytes) | Delivery::ClosesAfter(bytes) if bytes < body.len() => {
                to.write_all(&body[..bytes])?;
                to.flush()?;
                if matches!(self.delivery, Delivery::StallsAfter(_)) {
                    wait(running);
                }
                return Ok(false);
            }
            _ => to.write_all(body)?,
        }
        to.flush().map(|()| true)
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if self.status != 304 {
            head += &format!("Content-Length: {}\r\n", self.part.len());
        }
        head + "\r\n"
    }
}

fn wait(running: &dyn Fn() -> bool) {
    while running() {
        sleep(TICK);
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Whatever",
    }
}
