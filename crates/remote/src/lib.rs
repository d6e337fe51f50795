//! The second tier of the store: what one computer has made, others fetch.
//!
//! [`open`] gives the [`Remote`] behind an address:
//!
//! | address | what it is |
//! | --- | --- |
//! | `file:///path` | a folder that several computers see |
//! | `s3://bucket/prefix` | a bucket of Amazon S3, or of a server that speaks its language; with the feature `s3` |
//!
//! ```
//! # let folder = tempfile::tempdir().unwrap();
//! # let address = format!("file://{}", folder.path().display());
//! let remote = neuroloom_remote::open(&address)?;
//! remote.put("greetings/first", 5, &mut b"hello".as_slice())?;
//! let mut found = Vec::new();
//! assert!(remote.get("greetings/first", 1024, &mut found)?);
//! assert_eq!(found, b"hello");
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

#[cfg(feature = "s3")]
mod bucket;
mod folder;

#[cfg(feature = "s3")]
use std::ffi::OsString;
use std::sync::Arc;

use neuroloom_core::{Error, Result};
use neuroloom_pipeline::store::Remote;

#[cfg(feature = "s3")]
pub use bucket::Bucket;
pub use folder::Folder;

/// The remote that users call `address`. No network is asked yet.
///
/// # Errors
/// When nothing is known under such an address, a folder is not there, or settings in the environment are wrong.
pub fn open(address: &str) -> Result<Arc<dyn Remote>> {
    match address.split_once("://") {
        Some(("file", path)) => Ok(Arc::new(Folder::open(address, path)?)),
        Some(("s3", _)) => bucket(address),
        _ => Err(Error::params("this is no address of a remote")
            .expected("file:///path of a shared folder, or s3://bucket/prefix")
            .found(address)),
    }
}

#[cfg(feature = "s3")]
fn bucket(address: &str) -> Result<Arc<dyn Remote>> {
    let texts =
        |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    Ok(Arc::new(Bucket::open(address, std::env::vars_os().filter_map(texts))?))
}

#[cfg(not(feature = "s3"))]
fn bucket(address: &str) -> Result<Arc<dyn Remote>> {
    Err(Error::params("this program was built without S3")
        .found(address)
        .hint("build it with `cargo build --release --features object-store`, or use a folder: file:///path"))
}

#[cfg(test)]
mod tests {
    use neuroloom_core::ErrorKind;

    use super::*;

    #[test]
    fn addresses_that_lead_nowhere_are_refused() {
        for address in ["", "results", "gopher://x/y", "file://host/path", "file:///no/such/folder", "s3://"]
        {
            let error = open(address).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Params, "{address}: {error}");
            assert!(error.found_text().is_some(), "{address}: {error}");
        }
    }

    #[cfg(not(feature = "s3"))]
    #[test]
    fn without_s3_it_is_said_how_to_get_it() {
        let error = open("s3://bucket/prefix").unwrap_err();
        assert!(error.hint_text().unwrap().contains("--features object-store"), "{error}");
    }
}
