//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 seconds, which is what
//! every authenticator app can do.

use data_encoding::BASE32_NOPAD;
use qrcode::QrCode;
use qrcode::render::svg;
use ring::hmac;
use subtle::ConstantTimeEq;
use url::Url;

/// Seconds that a code counts for.
pub const STEP_SECONDS: i64 = 30;

/// How many steps a client's clock may be ahead or behind.
const WINDOW: i64 = 1;

/// The number of a step since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(i64);

impl Step {
    /// The step with this number.
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// The step of an instant, in seconds since 1970.
    pub fn at(seconds: i64) -> Self {
        Self(seconds.div_euclid(STEP_SECONDS))
    }

    /// Its number.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// Why a code doesn't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// It is not the code of now.
    #[error("this is not the code that counts now")]
    Wrong,
    /// It counted before.
    #[error("this code was used already; wait for the next one")]
    Used,
}

/// The secret that an authenticator app and the index share. It is not shown by `Debug`.
#[derive(Clone)]
pub struct TotpSecret([u8; Self::LENGTH]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret")
    }
}

impl TotpSecret {
    /// Its bytes: as many as a digest of the HMAC has (RFC 4226, section 4).
    pub const LENGTH: usize = 20;

    /// The secret of these bytes, which nobody else knows.
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// As a person types it into an app: base 32 without padding.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// As apps read it: `otpauth://totp/ISSUER:ACCOUNT?secret=...`.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let mut uri = Url::parse("otpauth://totp/").unwrap_or_else(|_| unreachable!("a valid address"));
        // A colon would part the issuer from the account elsewhere than meant.
        let plain = |text: &str| text.replace(':', " ");
        uri.set_path(&format!("/{}:{}", plain(issuer), plain(account)));
        uri.query_pairs_mut()
            .append_pair("secret", &self.base32())
            .append_pair("issuer", &plain(issuer))
            .append_pair("algorithm", "SHA1")
            .append_pair("digits", "6")
            .append_pair("period", "30");
        // Apps read the query as percent-encoded, and `+` as itself.
        uri.as_str().replace('+', "%20")
    }

    /// The address as a picture: an SVG element; `None` where the text is longer than a QR code is.
    pub fn qr(uri: &str) -> Option<String> {
        let picture = QrCode::new(uri).ok()?.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
        // Within a page there is no declaration.
        picture.find("<svg").map(|start| picture[start..].to_owned())
    }

    /// The code of a step.
    pub fn code(&self, step: Step) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.0.to_be_bytes());
        let digest = tag.as_ref();
        let offset = usize::from(digest[digest.len() - 1] & 15);
        let word = [digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
        format!("{:06}", u32::from_be_bytes(word) % 1_000_000)
    }

    /// The step whose code this is, where it counts at `now`, in seconds since 1970. Once it has
    /// counted the caller keeps the step as `last`: neither it nor an earlier one counts again.
    ///
    /// # Errors
    /// See [`InvalidCode`].
    pub fn accept(&self, code: &str, now: i64, last: Option<Step>) -> Result<Step, InvalidCode> {
        let typed: String = code.chars().filter(|char| !char.is_whitespace()).collect();
        let now = Step::at(now);
        // All are compared, so that the time tells nothing of which one it was.
        let mut found = None;
        for step in (-WINDOW..=WINDOW).map(|offset| Step(now.0 + offset)) {
            if bool::from(self.code(step).as_bytes().ct_eq(typed.as_bytes())) {
                found = Some(step);
            }
        }
        match found {
            None => Err(InvalidCode::Wrong),
            Some(step) if last.is_some_and(|last| step <= last) => Err(InvalidCode::Used),
            Some(step) => Ok(step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::new(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, the rows of SHA-1; of its eight digits the last six.
    #[test]
    fn vectors_of_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(Step::at(seconds)), code, "{seconds}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn vectors_of_rfc_4226() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, code) in codes.into_iter().enumerate() {
            assert_eq!(secret().code(Step(i64::try_from(counter).unwrap())), code, "{counter}");
        }
    }

    #[test]
    fn one_step_around_now_counts_and_no_more() {
        let now = 1_111_111_111;
        for offset in -3..=3 {
            let code = secret().code(Step(Step::at(now).0 + offset));
            let accepted = secret().accept(&code, now, None);
            assert_eq!(accepted.is_ok(), (-1..=1).contains(&offset), "{offset}");
        }
        for wrong in ["", "05047", "0504711", "50471", "aaaaaa", "٠٥٠٤٧١"] {
            assert_eq!(secret().accept(wrong, now, None), Err(InvalidCode::Wrong), "{wrong}");
        }
        assert!(secret().accept(" 050 471\n", now, None).is_ok());
    }

    #[test]
    fn a_used_step_never_counts_again_nor_one_before_it() {
        let now = 1_111_111_111;
        let step = Step::at(now);
        let [before, code, next] = [-1, 0, 1].map(|offset| secret().code(Step(step.0 + offset)));
        let used = secret().accept(&code, now, None).unwrap();
        assert_eq!(used, step);
        for again in [&code, &before] {
            assert_eq!(secret().accept(again, now, Some(used)), Err(InvalidCode::Used));
            // Also not within the window of the next step.
            assert_eq!(secret().accept(&code, now + STEP_SECONDS, Some(used)), Err(InvalidCode::Used));
        }
        assert_eq!(secret().accept(&next, now, Some(used)), Ok(Step(step.0 + 1)));
    }

    #[test]
    fn as_apps_read_it() {
        let uri = secret().uri("Fondaco & Co: x", "ann:e@index.example");
        assert_eq!(
            uri,
            "otpauth://totp/Fondaco%20&%20Co%20%20x:ann%20e@index.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Fondaco%20%26%20Co%20%20x\
             &algorithm=SHA1&digits=6&period=30"
        );
        let picture = TotpSecret::qr(&uri).unwrap();
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "{picture}");
        assert!(!picture.contains("style=") && !picture.contains("script"));
        assert_eq!(TotpSecret::qr(&"x".repeat(5000)), None);
        assert_eq!(format!("{:?}", secret()), "TotpSecret");
    }
}
