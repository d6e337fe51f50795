//! Signals that ask a run to stop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use neuroloom_core::CancelToken;
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};

/// The exit code of a run that was stopped to go on later (`EX_TEMPFAIL`): a batch system starts it again.
const GO_ON_LATER: u8 = 75;
/// The exit code of a run that its user stopped.
const STOPPED: u8 = 130;

/// The signal that asked last.
static RECEIVED: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// SIGINT, SIGTERM and SIGUSR1 ask the steps to keep their state and stop at their next check. A second SIGINT ends the
/// process at once.
pub fn stop_on_signals() -> CancelToken {
    let cancel = CancelToken::default();
    // Without a handler the signal ends the process, which is what a second one would do anyway.
    let _ = signal_hook::flag::register_conditional_shutdown(SIGINT, STOPPED.into(), cancel.flag());
    for signal in [SIGINT, SIGTERM, SIGUSR1] {
        let number = usize::try_from(signal).unwrap_or_default();
        let _ = signal_hook::flag::register_usize(signal, Arc::clone(&RECEIVED), number);
        let _ = signal_hook::flag::register(signal, cancel.flag());
    }
    cancel
}

/// Whether the batch system said that the time is nearly over (SIGUSR1).
pub fn is_time_over() -> bool {
    usize::try_from(SIGUSR1).is_ok_and(|over| over == RECEIVED.load(Ordering::Relaxed))
}

/// The exit code after the signal that asked to stop.
pub fn exit_code() -> u8 {
    let received = RECEIVED.load(Ordering::Relaxed);
    if usize::try_from(SIGINT).is_ok_and(|interrupt| interrupt == received) { STOPPED } else { GO_ON_LATER }
}
