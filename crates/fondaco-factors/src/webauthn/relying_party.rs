use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use url::{Host, Url};

use super::public_key::ALGORITHMS;
use super::{Challenge, TIMEOUT, UserVerification};
use data_encoding::BASE64URL_NOPAD;

/// Why there can be no passkeys here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRelyingParty {
    /// No public address is configured.
    #[error("passkeys need to know the address of this index, and none is configured")]
    Unset,
    /// It is no address of the web.
    #[error("passkeys need a public address that begins with https:// or http://localhost")]
    Malformed,
    /// The host is an IP address.
    #[error("passkeys can't belong to an IP address ({0})")]
    Address(String),
    /// Browsers keep passkeys from pages that are not encrypted.
    #[error("passkeys need https, except at localhost")]
    Insecure,
}

impl NoRelyingParty {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        "an operator sets `[server] public_url`, e.g. \"http://localhost:8080\" on one machine or \
         \"https://index.example\", and people open the pages at that address"
    }
}

/// This index as passkeys know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

impl RelyingParty {
    /// The relying party at the public address of the index.
    ///
    /// # Errors
    /// Why there is none; it is for people to read.
    pub fn at(public_url: Option<&str>) -> Result<Self, NoRelyingParty> {
        let url =
            Url::parse(public_url.ok_or(NoRelyingParty::Unset)?).map_err(|_| NoRelyingParty::Malformed)?;
        let id = match url.host() {
            Some(Host::Domain(domain)) => domain.to_owned(),
            Some(Host::Ipv4(address)) => return Err(NoRelyingParty::Address(address.to_string())),
            Some(Host::Ipv6(address)) => return Err(NoRelyingParty::Address(address.to_string())),
            None => return Err(NoRelyingParty::Malformed),
        };
        let local = id == "localhost" || id.ends_with(".localhost");
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(NoRelyingParty::Insecure),
            _ => return Err(NoRelyingParty::Malformed),
        }
        Ok(Self { id, origin: url.origin().ascii_serialization() })
    }

    /// Its id: the host.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The origin of its pages.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn id_hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.id.as_bytes()).as_ref());
        hash
    }

    /// What `navigator.credentials.create` is given (`PublicKeyCredentialCreationOptionsJSON`).
    /// `user` is the handle that comes back at a login, the name, and the credentials that the
    /// person has already.
    pub fn creation_options(
        &self,
        challenge: &Challenge,
        (handle, name): (&[u8], &str),
        known: &[Vec<u8>],
    ) -> Value {
        let parameters: Vec<Value> =
            ALGORITHMS.iter().map(|alg| json!({"type": "public-key", "alg": alg})).collect();
        json!({
            "rp": {"id": self.id, "name": "Fondaco"},
            "user": {"id": BASE64URL_NOPAD.encode(handle), "name": name, "displayName": name},
            "challenge": challenge.text(),
            "pubKeyCredParams": parameters,
            "timeout": TIMEOUT * 1000,
            "excludeCredentials": descriptors(known),
            "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
            "attestation": "none",
        })
    }

    /// What `navigator.credentials.get` is given (`PublicKeyCredentialRequestOptionsJSON`). Without
    /// credentials the authenticator offers those that it has for this index.
    pub fn request_options(
        &self,
        challenge: &Challenge,
        allowed: &[Vec<u8>],
        verification: UserVerification,
    ) -> Value {
        json!({
            "challenge": challenge.text(),
            "timeout": TIMEOUT * 1000,
            "rpId": self.id,
            "allowCredentials": descriptors(allowed),
            "userVerification": verification.id(),
        })
    }
}

fn descriptors(ids: &[Vec<u8>]) -> Vec<Value> {
    ids.iter().map(|id| json!({"type": "public-key", "id": BASE64URL_NOPAD.encode(id)})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_no_relying_party() {
        let at = |url: &str| RelyingParty::at(Some(url));
        for (url, id, origin) in [
            ("http://localhost:8080", "localhost", "http://localhost:8080"),
            ("http://index.localhost/x", "index.localhost", "http://index.localhost"),
            ("https://Index.Example:443/pypi", "index.example", "https://index.example"),
            ("https://bücher.example:8443", "xn--bcher-kva.example", "https://xn--bcher-kva.example:8443"),
        ] {
            let party = at(url).unwrap();
            assert_eq!((party.id(), party.origin()), (id, origin));
        }
        assert_eq!(at("http://127.0.0.1:8080"), Err(NoRelyingParty::Address("127.0.0.1".to_owned())));
        assert_eq!(at("https://[::1]"), Err(NoRelyingParty::Address("::1".to_owned())));
        assert_eq!(at("http://index.example"), Err(NoRelyingParty::Insecure));
        assert_eq!(at("http://evil-localhost"), Err(NoRelyingParty::Insecure));
        assert_eq!(at("ftp://localhost"), Err(NoRelyingParty::Malformed));
        assert_eq!(at("localhost"), Err(NoRelyingParty::Malformed));
        assert_eq!(RelyingParty::at(None), Err(NoRelyingParty::Unset));
        assert!(NoRelyingParty::Unset.hint().contains("public_url"));
    }
}
