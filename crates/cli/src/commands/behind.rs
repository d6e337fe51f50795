//! The store with what is behind it.

use neuroloom_core::Result;
use neuroloom_pipeline::frozen::FrozenRun;
use neuroloom_pipeline::store::Store;

/// `store` with the remote `address` behind it, if there is one.
pub fn with_remote(store: Store, address: Option<&str>) -> Result<Store> {
    match address {
        Some(address) => Ok(store.with_remote(neuroloom_remote::open(address)?)),
        None => Ok(store),
    }
}

/// The store of a planned run, as the plan names it.
pub fn store_of_run(run: &FrozenRun) -> Result<Store> {
    with_remote(Store::new(&run.store), run.remote.as_deref())
}

/// Prints what the user should know of the remote and was not told by a task.
pub fn warn(store: &Store) {
    if let Some(warning) = store.take_warning() {
        eprintln!("warning: {warning}");
    }
}
