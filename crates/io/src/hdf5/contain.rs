//! The boundary that no panic of a foreign reader crosses.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::fault::Fault;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it, which damaged bytes may provoke in a reader that is not ours, becomes a fault.
pub(crate) fn contain<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    silence_contained_panics();
    let before = CONTAINED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(before);
    outcome.unwrap_or_else(|_| Err(Fault::new("its bytes make no sense to the reader")))
}

/// [`contain`] for readers of other formats that are not ours either.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    contain(|| work().map_err(Fault::new)).map_err(|fault| fault.to_string())
}

/// A contained panic is reported as an error, so its message must not also appear on the terminal. All other
/// panics go to the hook that was there before.
fn silence_contained_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                previous(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_fault() {
        let outcome: Result<(), Fault> = contain(|| panic!("index out of bounds"));
        assert!(outcome.unwrap_err().to_string().contains("make no sense"));
    }

    #[test]
    fn a_value_passes() {
        assert_eq!(contain(|| Ok(3)).unwrap(), 3);
    }
}
