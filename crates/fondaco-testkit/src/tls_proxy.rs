use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, mpsc};

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// What stands before a server where clients insist on https: takes TLS on `localhost` and passes on
/// what is in it. Its certificate is made anew each time. Dropping it closes it.
pub struct TlsProxy {
    port: u16,
    target: Arc<AtomicU16>,
    certificate: PathBuf,
    _folder: TempDir,
    runtime: Option<tokio::runtime::Runtime>,
}

impl TlsProxy {
    /// A proxy that closes every connection until [`TlsProxy::lead_to`] says where they lead.
    #[expect(clippy::new_without_default, reason = "it opens a port")]
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let certificate = folder.path().join("certificate.pem");
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let acceptor = acceptor(made.cert.der().clone(), key);
        let target = Arc::new(AtomicU16::new(0));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (sender, bound) = mpsc::channel();
        let leads_to = target.clone();
        runtime.spawn(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            sender.send(listener.local_addr().unwrap().port()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, acceptor.clone(), leads_to.load(Ordering::SeqCst)));
            }
        });
        let port = bound.recv().unwrap();
        Self { port, target, certificate, _folder: folder, runtime: Some(runtime) }
    }

    /// Where connections lead from now on: a port of this machine.
    pub fn lead_to(&self, port: u16) {
        self.target.store(port, Ordering::SeqCst);
    }

    /// `https://localhost:PORT`
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// Its certificate as PEM, which clients have to trust (`SSL_CERT_FILE`).
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn acceptor(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> TlsAcceptor {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn pass_on(stream: TcpStream, acceptor: TlsAcceptor, port: u16) {
    // What breaks off is the client's affair, or the server's.
    let (Ok(mut outside), Ok(mut inside)) =
        (acceptor.accept(stream).await, TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await)
    else {
        return;
    };
    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
}
