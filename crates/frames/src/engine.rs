//! Where polars runs: alone on a thread of its own, one thing after the other, its panics caught.
//!
//! Only [`RecordBatch`](arrow_array::RecordBatch)es go in and come out; no type of polars leaves this module's
//! neighbours in this crate.

mod bridge;
mod errors;
mod frame;

pub(crate) use errors::refused;
pub(crate) use frame::{cast, comparable, frame_of, settled_table, table_of};

use std::any::Any;
use std::thread;

use neuroloom_core::{Error, Result};

/// Enough for the recursion of a long query.
const STACK_BYTES: usize = 16 << 20;

/// Does `work`, which may call polars.
///
/// Polars would use a pool of its own, as wide as the machine, beside the pool of the run, and the order in which its
/// threads finish can reach the order of rows. On a thread that is told to work alone the same input gives the same
/// bytes on every machine, and a run with `--threads 2` uses two.
///
/// # Errors
/// Those of `work`; an internal error where polars panics.
pub(crate) fn isolated<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let sequential = || {
        polars_async::executor::ALLOW_RAYON_THREADS.set(false);
        work()
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("frames".into()).stack_size(STACK_BYTES);
        let thread = thread
            .spawn_scoped(scope, sequential)
            .map_err(|e| Error::internal(format!("a thread for a table cannot be started: {e}")))?;
        thread.join().unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
    })
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Error::internal(format!("polars gave up on this table: {text}"))
}

#[cfg(test)]
mod tests {
    use neuroloom_core::ErrorKind;

    use super::*;

    #[test]
    #[allow(clippy::panic, reason = "the panic is what is tested")]
    fn a_panic_is_an_error() {
        let error = isolated(|| -> Result<()> { panic!("row {}", 7) }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert!(error.message().ends_with("row 7"), "{error}");
    }

    #[test]
    fn errors_and_values_come_back() {
        assert_eq!(isolated(|| Ok(3)).unwrap(), 3);
        assert_eq!(isolated(|| Err::<(), _>(Error::params("no"))).unwrap_err().message(), "no");
    }
}
