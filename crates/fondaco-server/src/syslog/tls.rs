//! TLS to a collector (RFC 5425), which is believed by the certificates of the system. It is not told who
//! sends: collectors that want a certificate of their clients need a relay.

use std::io::{Error, ErrorKind};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Opens a connection to `HOST:PORT`.
pub(super) async fn connect(place: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host).trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| Error::new(ErrorKind::InvalidInput, format!("{host}: {error}")))?;
    let connector = TlsConnector::from(Arc::new(config()?));
    connector.connect(name, TcpStream::connect(place).await?).await
}

fn config() -> std::io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::new(
            ErrorKind::NotFound,
            "this system has no certificates to believe a collector by",
        ));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
