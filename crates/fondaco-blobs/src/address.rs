use std::fmt;
use std::str::FromStr;

use url::Url;

/// Where a bucket is: `s3://BUCKET/PREFIX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAddress {
    pub(crate) bucket: String,
    pub(crate) prefix: String,
}

/// The text is no bucket's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a bucket's address is s3://BUCKET or s3://BUCKET/PREFIX, with letters, digits, '-', '_' and '.'")]
pub struct InvalidBucketAddress;

impl FromStr for BucketAddress {
    type Err = InvalidBucketAddress;

    fn from_str(text: &str) -> Result<Self, InvalidBucketAddress> {
        let url = Url::parse(text).map_err(|_| InvalidBucketAddress)?;
        let bucket = url.host_str().unwrap_or_default().to_owned();
        let prefix = url.path().trim_matches('/').to_owned();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let plain = url.scheme() == "s3"
            && url.username().is_empty()
            && (url.password(), url.port(), url.query(), url.fragment()) == (None, None, None, None);
        let parts_fit =
            prefix.is_empty() || prefix.split('/').all(|part| !part.is_empty() && part.chars().all(fits));
        if !plain || bucket.is_empty() || !bucket.chars().all(fits) || !parts_fit {
            return Err(InvalidBucketAddress);
        }
        Ok(Self { bucket, prefix })
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        write!(f, "s3://{}{slash}{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (given, shown) in [
            ("s3://packages", "s3://packages"),
            ("s3://packages/", "s3://packages"),
            ("s3://packages/fondaco/eu-1/", "s3://packages/fondaco/eu-1"),
        ] {
            assert_eq!(given.parse::<BucketAddress>().unwrap().to_string(), shown);
        }
        for wrong in [
            "packages",
            "/a/folder",
            "http://x/y",
            "s3://key:secret@x/y",
            "s3://x/a//b",
            "s3://x/a b",
            "s3:///x",
        ] {
            assert!(wrong.parse::<BucketAddress>().is_err(), "{wrong}");
        }
    }
}
