//! Sends mails: by SMTP, or, where no server is configured, into a folder. Fences `lettre`.
//!
//! Nothing of a mail is written as it comes: an address is an [`EmailAddress`], which has no line
//! breaks, the subject is refused where it has some, and the body is encoded.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fondaco_model::{EmailAddress, Mail, Timestamp};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How long a server may take for each step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address of the server can't be understood. The address is not shown: it may have a
    /// password.
    #[error(
        "the address of the mail server can't be read: smtp://HOST:PORT, smtps:// or smtp://...?tls=required"
    )]
    Url,
    /// The sender can't be understood.
    #[error("the sender of mails can't be read: NAME <ADDRESS> or ADDRESS")]
    From,
    /// The mail can't be written.
    #[error("the mail can't be written: {0}")]
    Message(String),
    /// The server will never take it.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    /// The server is not there, or not now.
    #[error("the mail server can't be reached: {0}")]
    Unreachable(String),
    /// The folder can't be written.
    #[error("the folder of mails can't be written: {0}")]
    Folder(#[from] std::io::Error),
}

impl MailError {
    /// Whether trying again may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Folder(_))
    }
}

/// Where mails go.
pub struct Post {
    from: Mailbox,
    way: Way,
}

enum Way {
    Folder(PathBuf),
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

impl Post {
    /// Mails become files of this folder, which is made when the first one comes.
    ///
    /// # Errors
    /// When the sender can't be read.
    pub fn into_folder(folder: PathBuf, from: &str) -> Result<Self, MailError> {
        Ok(Self { from: mailbox(from)?, way: Way::Folder(folder) })
    }

    /// Mails go to a server: `smtp://HOST:PORT`, `smtps://USER:PASSWORD@HOST`, or
    /// `smtp://...?tls=required` for `STARTTLS`.
    ///
    /// # Errors
    /// When the address or the sender can't be read.
    pub fn by_smtp(url: &str, from: &str) -> Result<Self, MailError> {
        let from = mailbox(from)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailError::Url)?
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .build();
        Ok(Self { from, way: Way::Smtp(Box::new(transport)) })
    }

    /// The folder that mails go into, where they go into one.
    pub fn folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Folder(folder) => Some(folder),
            Way::Smtp(_) => None,
        }
    }

    /// Sends a mail; the file that it became, where it became one.
    ///
    /// # Errors
    /// When it can't be written or sent; [`MailError::may_pass`] says whether to try again.
    pub async fn send(&self, mail: &Mail) -> Result<Option<PathBuf>, MailError> {
        let message = message(&self.from, mail)?;
        match &self.way {
            Way::Folder(folder) => {
                let folder = folder.clone();
                let name = format!("{:06}-{}.eml", mail.id, mail.made_at.as_microsecond());
                let write = move || write(&folder, &name, &message.formatted());
                let written = tokio::task::spawn_blocking(write).await;
                Ok(Some(written.map_err(std::io::Error::other)??))
            }
            Way::Smtp(transport) => match transport.send(message).await {
                Ok(_) => Ok(None),
                Err(error) if error.is_permanent() => Err(MailError::Refused(error.to_string())),
                Err(error) => Err(MailError::Unreachable(error.to_string())),
            },
        }
    }
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post")
            .field("from", &self.from)
            .field("folder", &self.folder())
            .finish_non_exhaustive()
    }
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    let sound = !text.chars().any(char::is_control);
    text.parse().ok().filter(|_| sound).ok_or(MailError::From)
}

fn address(address: &EmailAddress) -> Result<Address, MailError> {
    address.as_str().parse().map_err(|_| MailError::Message("its address can't be used".to_owned()))
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    if mail.subject.chars().any(char::is_control) {
        return Err(MailError::Message("its subject is more than one line".to_owned()));
    }
    let id = format!("<{}.{}@{}>", mail.made_at.as_microsecond(), mail.id, from.email.domain());
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address(&mail.to)?))
        .subject(&mail.subject)
        .date(system_time(mail.made_at))
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|error| MailError::Message(error.to_string()))
}

fn system_time(at: Timestamp) -> SystemTime {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Writes a file that is there in full or not at all, and that only its owner reads: it may hold a link.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::create_dir_all(folder)?;
    let (made, wanted) = (folder.join(format!(".{name}")), folder.join(name));
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&made)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&made, &wanted)?;
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            id: 7,
            to: "jane@example.invalid".parse().unwrap(),
            subject: "Confirm".into(),
            body: "Hello,\n\nhttp://index.example/a?b=c\n".into(),
            made_at: Timestamp::from_second(1_800_000_000).unwrap(),
        }
    }

    fn written(mail: &Mail) -> Result<String, MailError> {
        let from = mailbox("Fondaco <index@example.invalid>").unwrap();
        Ok(String::from_utf8(message(&from, mail)?.formatted()).unwrap())
    }

    #[test]
    fn a_mail_as_it_is_sent() {
        let text = written(&mail()).unwrap();
        for line in [
            "From: Fondaco <index@example.invalid>\r\n",
            "To: jane@example.invalid\r\n",
            "Subject: Confirm\r\n",
            "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n",
            "Message-ID: <1800000000000000.7@example.invalid>\r\n",
            "\r\nhttp://index.example/a?b=c\r\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
    }

    #[test]
    fn nothing_smuggles_a_header_in() {
        for subject in ["a\r\nBcc: b@example.invalid", "a\nb", "a\0"] {
            assert!(written(&Mail { subject: subject.into(), ..mail() }).is_err(), "{subject:?}");
        }
        let body = "x\r\n.\r\nMAIL FROM:<b@example.invalid>\r\n\r\nBcc: b@example.invalid".to_owned();
        let text = written(&Mail { body, ..mail() }).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("Bcc"), "{text}");
        for from in ["a\r\nBcc: b@example.invalid", "", "nobody"] {
            assert!(Post::into_folder(PathBuf::new(), from).is_err(), "{from:?}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_not_shown() {
        let error = Post::by_smtp("http://user:hunter2@index.example", "a@example.invalid").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[tokio::test]
    async fn into_a_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("fondaco-mail-{}", std::process::id()));
        let post = Post::into_folder(folder.clone(), "index@example.invalid").unwrap();
        let file = post.send(&mail()).await.unwrap().unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().contains("jane@example.invalid"));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_may_come_back() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let post = Post::by_smtp(&format!("smtp://127.0.0.1:{port}"), "index@example.invalid").unwrap();
        let error = post.send(&mail()).await.unwrap_err();
        assert!(error.may_pass(), "{error}");
    }
}
