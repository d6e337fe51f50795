//! A bucket as a remote, by the S3 API.

use std::io::{Read, Write};
use std::time::Duration;

use neuroloom_core::{Error, ErrorKind, Result};
use neuroloom_pipeline::store::Remote;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::runtime::{Builder, Runtime};

/// What one request moves at most, bytes: its time limit is then one of a known amount, and so is its memory.
const PART: u64 = 8 << 20;
/// How many parts an object may have.
const MOST_PARTS: u64 = 10_000;

/// A prefix of a bucket of Amazon S3, or of a server that speaks its language.
///
/// Settings say where the server is and who asks: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
/// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`, and the others that `object_store` knows.
#[derive(Debug)]
pub struct Bucket {
    address: String,
    prefix: String,
    store: AmazonS3,
    runtime: Runtime,
}

impl Bucket {
    /// The bucket and prefix of `address`, which is `s3://bucket/prefix`. Of `settings`, names and values, those count
    /// that begin with `AWS_`: they are the variables of the environment.
    ///
    /// # Errors
    /// When no bucket is named, or a setting is not as it should be.
    pub fn open(address: &str, settings: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let rest = address.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            let error = Error::params("this is no address of a bucket").found(address);
            return Err(error.expected("s3://bucket/prefix"));
        }
        // A second provider is refused, and then the first one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let retry =
            RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(30), ..Default::default() };
        let store = builder(settings).with_bucket_name(bucket).with_retry(retry).build().map_err(|e| {
            Error::params(format!("the bucket cannot be used: {e}"))
                .found(address)
                .hint("the variables AWS_* of the environment say where it is and who asks")
        })?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| Error::internal(format!("cannot start a runtime: {e}")))?;
        Ok(Self { address: address.to_owned(), prefix: prefix.to_owned(), store, runtime })
    }

    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix))
    }

    async fn get_parts(&self, name: &str, limit: u64, to: &mut dyn Write) -> Result<bool> {
        let path = self.path(name);
        let failed = |e: &object_store::Error| self.failed("read", name, e);
        let mut done = 0;
        loop {
            let options = GetOptions { range: Some((done..done + PART).into()), ..Default::default() };
            let part = match self.store.get_opts(&path, options).await {
                Err(object_store::Error::NotFound { .. }) if done == 0 => return Ok(false),
                found => found.map_err(|e| failed(&e))?,
            };
            let size = part.meta.size;
            if size > limit {
                return Err(self.too_long(name, limit, size));
            }
            let bytes = part.bytes().await.map_err(|e| failed(&e))?;
            to.write_all(&bytes).map_err(|e| self.failed("read", name, &e))?;
            done += bytes.len() as u64;
            if done >= size {
                return Ok(true);
            }
            if bytes.is_empty() {
                return Err(self.failed("read", name, &"the server gave nothing"));
            }
        }
    }

    async fn put_parts(&self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<()> {
        let failed = |e: object_store::Error| self.failed("write", name, &e);
        let mut upload = self.store.put_multipart(&self.path(name)).await.map_err(failed)?;
        match self.send_parts(upload.as_mut(), name, bytes, from).await {
            Ok(()) => upload.complete().await.map(drop).map_err(failed),
            Err(error) => {
                // The error to report is the one that ended it; parts that stay cost space until the bucket expires them.
                let _ = upload.abort().await;
                Err(error)
            }
        }
    }

    async fn send_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        name: &str,
        bytes: u64,
        from: &mut dyn Read,
    ) -> Result<()> {
        let longest = PART.max(bytes.div_ceil(MOST_PARTS));
        let mut left = bytes;
        while left > 0 {
            let part = self.read_part(name, longest.min(left), from)?;
            left -= part.len() as u64;
            upload.put_part(part.into()).await.map_err(|e| self.failed("write", name, &e))?;
        }
        Ok(())
    }

    /// Exactly `bytes` bytes.
    fn read_part(&self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<Vec<u8>> {
        let mut part = Vec::new();
        let found = from.take(bytes).read_to_end(&mut part);
        match found {
            Ok(found) if found as u64 == bytes => Ok(part),
            Ok(found) => Err(self.failed("write", name, &format!("{found} bytes where {bytes} were due"))),
            Err(e) => Err(self.failed("write", name, &e)),
        }
    }

    fn failed(&self, action: &str, name: &str, cause: &dyn std::fmt::Display) -> Error {
        Error::new(ErrorKind::Io, format!("cannot {action} an object of the remote: {cause}"))
            .at_file(&self.address)
            .at_object(name)
    }

    fn too_long(&self, name: &str, limit: u64, size: u64) -> Error {
        Error::data("an object of the remote is too long")
            .at_file(&self.address)
            .at_object(name)
            .expected(format!("at most {limit} bytes"))
            .found(format!("{size}"))
    }
}

fn builder(settings: impl IntoIterator<Item = (String, String)>) -> AmazonS3Builder {
    let known = settings.into_iter().filter(|(name, _)| name.starts_with("AWS_"));
    let known = known.filter_map(|(name, value)| {
        Some((name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>().ok()?, value))
    });
    known.fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
}

impl Remote for Bucket {
    fn address(&self) -> &str {
        &self.address
    }

    fn get(&self, name: &str, limit: u64, to: &mut dyn Write) -> Result<bool> {
        self.runtime.block_on(self.get_parts(name, limit, to))
    }

    fn put(&self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<()> {
        if bytes > PART {
            return self.runtime.block_on(self.put_parts(name, bytes, from));
        }
        let body = self.read_part(name, bytes, from)?;
        let path = self.path(name);
        let put = self.runtime.block_on(self.store.put(&path, body.into()));
        put.map(drop).map_err(|e| self.failed("write", name, &e))
    }
}
