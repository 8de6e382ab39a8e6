//! Audit events for a collector, as syslog has them (RFC 5424), over UDP (RFC 5426), TCP with octet
//! counting (RFC 6587, 3.4.1), the same in TLS (RFC 5425), or a local socket.

mod tls;

use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use fondaco_model::{AuditRecord, rfc3339};
use fondaco_wire::journal_v1::Audited;
use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, UnixDatagram};
use tokio_rustls::client::TlsStream;

/// Facility 13 (log audit), severity 5 (notice).
const PRIORITY: u8 = 13 * 8 + 5;
/// Most of a datagram, in bytes: what IP carries, and a little less.
const DATAGRAM: usize = 60_000;
/// How long a collector may take to answer a call or to take a message.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a collector is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Syslog {
    /// `udp://HOST:PORT`
    Udp(String),
    /// `tcp://HOST:PORT`
    Tcp(String),
    /// `tls://HOST:PORT`
    Tls(String),
    /// `unix:PATH`, e.g. `unix:/dev/log`
    Unix(PathBuf),
}

/// The text says of no collector where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a collector is tls://HOST:PORT, tcp://HOST:PORT, udp://HOST:PORT or unix:PATH")]
pub struct InvalidSyslog;

impl FromStr for Syslog {
    type Err = InvalidSyslog;

    fn from_str(text: &str) -> Result<Self, InvalidSyslog> {
        let endpoint = |rest: &str| {
            let port = rest.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port);
            let fits = port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
            let plain = !rest.contains(['/', '@', ' ']);
            if fits && plain { Ok(rest.to_owned()) } else { Err(InvalidSyslog) }
        };
        if let Some(rest) = text.strip_prefix("udp://") {
            endpoint(rest).map(Self::Udp)
        } else if let Some(rest) = text.strip_prefix("tcp://") {
            endpoint(rest).map(Self::Tcp)
        } else if let Some(rest) = text.strip_prefix("tls://") {
            endpoint(rest).map(Self::Tls)
        } else {
            match text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
                Some(path) => Ok(Self::Unix(path.into())),
                None => Err(InvalidSyslog),
            }
        }
    }
}

impl fmt::Display for Syslog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(place) => write!(f, "udp://{place}"),
            Self::Tcp(place) => write!(f, "tcp://{place}"),
            Self::Tls(place) => write!(f, "tls://{place}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A way to a collector that is open.
pub(crate) enum Connection {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Unix(UnixDatagram),
}

impl Connection {
    /// Opens one.
    pub(crate) async fn open(to: &Syslog) -> std::io::Result<Self> {
        within(async {
            match to {
                Syslog::Udp(place) => {
                    let far = tokio::net::lookup_host(place).await?.next();
                    let far = far.ok_or_else(|| Error::from(ErrorKind::NotFound))?;
                    let any = if far.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                    let socket = UdpSocket::bind(any).await?;
                    socket.connect(far).await?;
                    Ok(Self::Udp(socket))
                }
                Syslog::Tcp(place) => TcpStream::connect(place).await.map(Self::Tcp),
                Syslog::Tls(place) => tls::connect(place).await.map(|stream| Self::Tls(Box::new(stream))),
                Syslog::Unix(path) => {
                    let socket = UnixDatagram::unbound()?;
                    socket.connect(path)?;
                    Ok(Self::Unix(socket))
                }
            }
        })
        .await
    }

    /// Sends one message.
    pub(crate) async fn send(&mut self, message: &str) -> std::io::Result<()> {
        within(async {
            match self {
                Self::Udp(socket) => socket.send(cut(message, DATAGRAM).as_bytes()).await.map(drop),
                Self::Unix(socket) => socket.send(cut(message, DATAGRAM).as_bytes()).await.map(drop),
                Self::Tcp(stream) => counted(stream, message).await,
                Self::Tls(stream) => counted(stream, message).await,
            }
        })
        .await
    }

    /// Fails where the collector is known to be gone. Nobody acknowledges syslog: that the connection
    /// still stands a while after a message is the most that can be known.
    pub(crate) fn check(&mut self) -> std::io::Result<()> {
        let mut nothing = [0; 512];
        let heard = match self {
            Self::Udp(socket) => socket.try_recv(&mut nothing).map(|_| 1),
            Self::Tcp(stream) => stream.try_read(&mut nothing),
            Self::Tls(stream) => match stream.read(&mut nothing).now_or_never() {
                Some(heard) => heard,
                None => return Ok(()),
            },
            Self::Unix(socket) => return socket.take_error()?.map_or(Ok(()), Err),
        };
        match heard {
            Ok(0) => Err(Error::new(ErrorKind::ConnectionAborted, "the collector has hung up")),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Sends a message with its length before it.
async fn counted(stream: &mut (impl AsyncWrite + Unpin), message: &str) -> std::io::Result<()> {
    stream.write_all(format!("{} {message}", message.len()).as_bytes()).await?;
    stream.flush().await
}

async fn within<T>(work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::new(ErrorKind::TimedOut, "the collector takes too long")),
    }
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// An event as a message: what a collector sorts by as structured data, and the whole event as JSON.
/// `32473` is the number that RFC 5612 keeps for examples: Fondaco has none of its own.
pub(crate) fn message(record: &AuditRecord) -> Result<String, serde_json::Error> {
    let event = &record.event;
    let body = serde_json::to_string(&Audited::from(record))?;
    let (place, digest) = (record.place.to_string(), record.digest.to_string());
    let data: String = [
        ("place", place.as_str()),
        ("digest", &digest),
        ("action", event.action.id()),
        ("actor", &event.actor),
        ("from", &record.origin),
        ("subject", &event.subject),
    ]
    .iter()
    .map(|(name, value)| format!(" {name}=\"{}\"", escaped(value)))
    .collect();
    Ok(format!(
        "<{PRIORITY}>1 {} - fondaco {} {} [audit@32473{data}] {body}",
        rfc3339(event.at),
        std::process::id(),
        event.action.id()
    ))
}

/// A value of structured data: RFC 5424, 6.3.3; without control characters, which cut lines in two.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '"' | '\\' | ']' => text.extend(['\\', c]),
            c if c.is_control() => text.push('\u{fffd}'),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use fondaco_model::{AuditAction, AuditEvent, Change};
    use fondaco_pydist::Sha256;

    use super::*;

    #[test]
    fn where_collectors_are() {
        for text in ["udp://logs.corp:514", "tcp://[::1]:6514", "tls://logs.corp:6514", "unix:/dev/log"] {
            assert_eq!(text.parse::<Syslog>().unwrap().to_string(), text);
        }
        for wrong in
            ["", "logs.corp", "tcp://logs", "tcp://:514", "udp://u:p@logs:514", "unix:log", "tls://logs"]
        {
            assert_eq!(wrong.parse::<Syslog>(), Err(InvalidSyslog), "{wrong}");
        }
    }

    #[test]
    fn one_line_whatever_the_event_says() {
        let record = AuditRecord {
            place: 7,
            event: AuditEvent {
                at: "2026-01-31T12:00:00Z".parse().unwrap(),
                actor: "token:1 a\"b]c\\".into(),
                action: AuditAction::Note,
                subject: "x\ny".into(),
                reason: "two\nlines\u{1b}[31m".into(),
                detail: String::new(),
            },
            origin: "192.0.2.1".into(),
            change: Change::default(),
            previous: Sha256::of(b"a"),
            digest: Sha256::of(b"b"),
        };
        let text = message(&record).unwrap();
        let head =
            format!("<109>1 2026-01-31T12:00:00.000000Z - fondaco {} note [audit@32473 ", std::process::id());
        assert!(text.starts_with(&head), "{text}");
        assert!(text.contains(r#"actor="token:1 a\"b\]c\\" from="192.0.2.1""#), "{text}");
        assert!(!text.chars().any(char::is_control), "{text}");
    }
}
