use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use fondaco_pydist::Sha256;
use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientConfigKey, GetOptions, GetResult, ObjectStore, ObjectStoreExt, RetryConfig,
    WriteMultipart,
};
use tokio::io::AsyncReadExt;
use tokio::sync::Semaphore;

use crate::{BlobError, BucketAddress, Staged};

/// What is sent at once, in bytes; what is larger goes in parts of this size.
const PART: usize = 8 << 20;
/// What is read at once, in bytes.
const PIECE: usize = 256 << 10;
/// Parts of one file that are on their way at a time.
const PARTS: usize = 2;
/// Files that are sent at a time: their parts are in memory.
const SENDING: usize = 8;
/// How long a connection may take.
const CONNECT: &str = "5s";
/// How long nothing may come: clients wait for little more.
const SILENCE: &str = "12s";
/// No limit for a whole transfer, which may be a large one.
const WHOLE: &str = "1day";

/// Files in a bucket that speaks S3, below a prefix.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    shown: String,
    sending: Arc<Semaphore>,
}

impl Bucket {
    /// Endpoint, region and credentials are those of the environment (`AWS_*`).
    pub(crate) fn new(address: &BucketAddress, part: &str) -> Result<Self, BlobError> {
        // Fails if a provider is installed already, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = at(&address.to_string());
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&address.bucket)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout), CONNECT)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ReadTimeout), SILENCE)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), WHOLE)
            .with_retry(RetryConfig {
                backoff: BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() },
                max_retries: 3,
                retry_timeout: Duration::from_secs(10),
            });
        // Whoever writes http into the endpoint means it.
        let endpoints = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
        if endpoints.iter().any(|name| std::env::var(name).is_ok_and(|url| url.starts_with("http://"))) {
            builder = builder.with_allow_http(true);
        }
        let store = builder.build().map_err(failed)?;
        let prefix = Path::parse(&address.prefix).unwrap_or_default().join(part).join("sha256");
        let sending = Arc::new(Semaphore::new(SENDING));
        Ok(Self { store: Arc::new(store), shown: address.to_string(), prefix, sending })
    }

    fn key(&self, digest: Sha256) -> Path {
        let hex = digest.to_string();
        self.prefix.clone().join(&hex[..2]).join(hex.as_str())
    }

    /// The size of a blob; `None` where there is none.
    pub(crate) async fn size(&self, digest: Sha256) -> Result<Option<u64>, BlobError> {
        absent(self.store.head(&self.key(digest)).await.map(|meta| meta.size)).map_err(self.failed())
    }

    /// A blob, or a range of it; `None` where there is none.
    pub(crate) async fn get(
        &self,
        digest: Sha256,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<Option<GetResult>, BlobError> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        absent(self.store.get_opts(&self.key(digest), options).await).map_err(self.failed())
    }

    /// Sends a file. It comes to sight when all of it is there.
    pub(crate) async fn put(&self, staged: &Staged) -> Result<(), BlobError> {
        let _turn = self.sending.acquire().await;
        self.send(staged).await.map_err(self.failed())
    }

    async fn send(&self, staged: &Staged) -> object_store::Result<()> {
        let key = self.key(staged.sha256());
        let mut file = tokio::fs::File::from_std(staged.reopen().map_err(unreadable)?);
        if staged.size() <= PART as u64 {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).await.map_err(unreadable)?;
            self.store.put(&key, bytes.into()).await?;
            return Ok(());
        }
        let mut upload = WriteMultipart::new_with_chunk_size(self.store.put_multipart(&key).await?, PART);
        let sent = async {
            loop {
                let mut piece = BytesMut::with_capacity(PIECE);
                if file.read_buf(&mut piece).await.map_err(unreadable)? == 0 {
                    return Ok(());
                }
                upload.wait_for_capacity(PARTS).await?;
                upload.put(piece.freeze());
            }
        };
        let sent = sent.await;
        match sent {
            Ok(()) => upload.finish().await.map(drop),
            Err(error) => {
                // Parts that were sent lie there unseen. Where this fails, the bucket's own rule for
                // unfinished uploads removes them.
                let _ = upload.abort().await;
                Err(error)
            }
        }
    }

    /// Gives a blob another name.
    pub(crate) async fn set_aside(&self, digest: Sha256) -> Result<(), BlobError> {
        let from = self.key(digest);
        let to = Path::from(format!("{from}.damaged"));
        self.store.rename(&from, &to).await.map_err(self.failed())
    }

    /// The digests of all blobs.
    pub(crate) async fn digests(&self) -> Result<Vec<Sha256>, BlobError> {
        let named = |meta: object_store::ObjectMeta| meta.location.filename()?.parse::<Sha256>().ok();
        let found = self.store.list(Some(&self.prefix)).try_filter_map(async |meta| Ok(named(meta)));
        found.try_collect().await.map_err(self.failed())
    }

    fn failed(&self) -> impl FnOnce(object_store::Error) -> BlobError + use<> {
        at(&self.shown)
    }
}

fn at(bucket: &str) -> impl FnOnce(object_store::Error) -> BlobError + use<> {
    let bucket = bucket.to_owned();
    move |source| BlobError::Bucket { bucket, source }
}

fn absent<T>(found: object_store::Result<T>) -> object_store::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file that is to be sent.
fn unreadable(error: std::io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "the data folder", source: error.into() }
}
