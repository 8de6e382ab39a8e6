//! What operators are told, and how. Whoever has something to tell writes a [`Notice`] in the transaction
//! that makes it true (`Tx::add_notice`); the job `send_notices` sends it to each endpoint that wants its
//! kind, signed as Standard Webhooks has it, and again with growing pauses until it has arrived.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_mail::Post;
use fondaco_model::{Clock, EmailAddress, Notice, NoticeKind, Timestamp, rfc3339};
use fondaco_store::{Store, StoreError};
use fondaco_upstream::{Url, WebhookClient};
use ring::hmac;
use serde_json::json;
use tokio::sync::Notify;

use crate::app::App;

/// How every secret begins.
const PREFIX: &str = "whsec_";
/// Shortest secret, in bytes.
const LEAST: usize = 24;
/// The pauses before each further try, in seconds; after the last it is given up.
const PAUSES: [u64; 9] = [1, 10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400];

/// Where notices are sent.
pub struct Webhook {
    /// Its name, which deliveries are kept under.
    pub name: String,
    /// The address.
    pub url: Url,
    /// What reaches it, within its bounds.
    pub client: WebhookClient,
    /// By which it is signed.
    pub secret: WebhookSecret,
    /// The kinds that it gets; all where empty.
    pub kinds: Vec<NoticeKind>,
}

impl Webhook {
    /// Whether it gets notices of a kind. A test goes to everybody.
    pub(crate) fn wants(&self, kind: NoticeKind) -> bool {
        self.kinds.is_empty() || kind == NoticeKind::Test || self.kinds.contains(&kind)
    }
}

/// What is needed to send notices.
#[derive(Clone, Copy)]
pub struct Outbox<'a> {
    /// Where they wait.
    pub store: &'a Store,
    /// Where they are sent.
    pub webhooks: &'a [Webhook],
    /// Who gets each by mail.
    pub operators: &'a [EmailAddress],
    /// Who sends mails and wants to know of new ones.
    pub mail_queued: Option<&'a Notify>,
    /// The time.
    pub clock: &'a dyn Clock,
    /// This instance's id.
    pub instance: &'a str,
}

/// Sends what waits, once; for who is no server.
///
/// # Errors
/// When the database fails. What did not arrive is sent again with growing pauses.
pub async fn send(outbox: &Outbox<'_>) -> Result<(), StoreError> {
    crate::jobs::send_notices::round(outbox).await
}

/// What is needed to send mails.
#[derive(Clone, Copy)]
pub struct MailOutbox<'a> {
    /// Where they wait.
    pub store: &'a Store,
    /// By whom they are sent.
    pub post: &'a Post,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// Sends the mails that are due, once; for who is no server.
///
/// # Errors
/// When the database fails. What could not be sent is sent again with growing pauses.
pub async fn send_mails(outbox: &MailOutbox<'_>) -> Result<(), StoreError> {
    crate::jobs::send_mails::send_due(outbox, &|| false).await.map(drop)
}

impl App {
    pub(crate) fn mail_outbox(&self) -> MailOutbox<'_> {
        MailOutbox { store: &self.parts.store, post: &self.parts.post, clock: self.parts.clock.as_ref() }
    }

    pub(crate) fn outbox(&self) -> Outbox<'_> {
        Outbox {
            store: &self.parts.store,
            webhooks: &self.parts.webhooks,
            operators: &self.parts.settings.operators,
            mail_queued: Some(&self.mail_queued),
            clock: self.parts.clock.as_ref(),
            instance: &self.parts.instance,
        }
    }
}

/// The secret that an endpoint shares with the index.
#[derive(Clone)]
pub struct WebhookSecret(hmac::Key);

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret")
    }
}

/// It is no secret of a webhook.
#[derive(Debug, thiserror::Error)]
#[error("a webhook's secret is {PREFIX} and at least {LEAST} random bytes in base64")]
pub struct InvalidSecret;

impl std::str::FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let bytes = text.strip_prefix(PREFIX).and_then(|rest| STANDARD.decode(rest).ok());
        let bytes = bytes.filter(|bytes| bytes.len() >= LEAST).ok_or(InvalidSecret)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }
}

/// A message, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) headers: [(&'static str, String); 3],
    pub(crate) body: String,
}

/// Makes the message of a notice. Its id is the same each time it is tried, so that who gets it twice
/// can tell; the time is that of the try.
pub(crate) fn message(notice: &Notice, instance: &str, secret: &WebhookSecret, now: Timestamp) -> Message {
    let body = json!({
        "type": notice.kind.id(),
        "timestamp": rfc3339(notice.made_at),
        "data": {"instance": instance, "subject": notice.subject, "text": notice.text},
    })
    .to_string();
    let (id, at) = (format!("msg_{instance}_{}", notice.id), now.as_second().to_string());
    let signature = hmac::sign(&secret.0, format!("{id}.{at}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(signature));
    Message {
        headers: [("webhook-id", id), ("webhook-timestamp", at), ("webhook-signature", signature)],
        body,
    }
}

/// The mail of a notice: subject and body.
pub(crate) fn letter(notice: &Notice) -> (String, String) {
    let Notice { kind, subject, text, made_at, .. } = notice;
    let body =
        format!("{text}\n\n  about  {subject}\n  when   {}\n  kind   {}\n", rfc3339(*made_at), kind.id());
    (format!("Fondaco: {}", kind.id()), body)
}

/// When a delivery that has failed `attempts` times before is tried again.
pub(crate) fn pause(attempts: u32) -> Option<Duration> {
    PAUSES.get(attempts as usize).map(|seconds| Duration::from_secs(*seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_standard_has_it() {
        // The example of the specification's reference implementations.
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let text = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        let signature = STANDARD.encode(hmac::sign(&secret.0, text.as_bytes()));
        assert_eq!(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!("whsec_c2hvcnQ=".parse::<WebhookSecret>().is_err());
        assert!("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse::<WebhookSecret>().is_err());
        assert_eq!(format!("{secret:?}"), "WebhookSecret");
    }

    #[test]
    fn a_message_keeps_its_id_and_pauses_grow() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let notice = Notice { id: 7, ..Notice::new(NoticeKind::Test, "s", "\"quoted\"\n", at(0)) };
        let (first, second) = (message(&notice, "i", &secret, at(1)), message(&notice, "i", &secret, at(2)));
        assert_eq!((&first.headers[0], &first.body), (&second.headers[0], &second.body));
        assert_ne!(first.headers[2], second.headers[2]);
        assert!(PAUSES.is_sorted() && pause(PAUSES.len() as u32).is_none() && pause(0).is_some());
    }
}
