//! A simulation that is stopped anywhere and goes on ends as if it had never been stopped.

use std::sync::{Arc, Mutex};

use neuroloom_core::{CancelToken, Checkpoints, ErrorKind, Inputs, Result, RunContext, Step, StepOutput};
use neuroloom_simulate::ring::{RingAttractorStep, RingParams};

use crate::support::{bytes, context};

/// Keeps the state in memory, and asks for a stop at a boundary that is chosen beforehand.
struct StopAt {
    boundary: usize,
    cancel: CancelToken,
    seen: Mutex<usize>,
    state: Mutex<Option<Vec<u8>>>,
}

impl StopAt {
    fn new(boundary: usize, state: Option<Vec<u8>>) -> Arc<Self> {
        let (cancel, seen) = (CancelToken::default(), Mutex::default());
        Arc::new(Self { boundary, cancel, seen, state: Mutex::new(state) })
    }

    fn context(self: &Arc<Self>) -> RunContext {
        context(7, &self.cancel).with_checkpoints(Arc::<Self>::clone(self))
    }

    fn boundaries(&self) -> usize {
        *self.seen.lock().unwrap()
    }

    fn state(&self) -> Option<Vec<u8>> {
        self.state.lock().unwrap().clone()
    }
}

impl Checkpoints for StopAt {
    fn load(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.state())
    }

    fn save(&self, state: &[u8]) -> Result<()> {
        *self.state.lock().unwrap() = Some(state.to_vec());
        Ok(())
    }

    fn is_due(&self) -> bool {
        let mut seen = self.seen.lock().unwrap();
        let now = *seen == self.boundary;
        *seen += 1;
        if now {
            self.cancel.cancel();
        }
        now
    }
}

/// 8 boundaries, the last block shorter than the others.
fn params() -> RingParams {
    RingParams { duration_s: 75.5, ring_units: 32, n_units: 8, ..RingParams::default() }
}

fn run(ctx: &RunContext) -> Result<StepOutput> {
    RingAttractorStep.run(ctx, &params(), &Inputs::default())
}

#[test]
fn a_stop_at_any_boundary_leaves_no_trace() {
    let never = StopAt::new(usize::MAX, None);
    let whole = bytes(run(&never.context()).unwrap());
    assert_eq!(never.boundaries(), 8);
    for boundary in 0..never.boundaries() {
        let stopped = StopAt::new(boundary, None);
        assert_eq!(run(&stopped.context()).unwrap_err().kind(), ErrorKind::Cancelled);
        let resumed = StopAt::new(usize::MAX, stopped.state());
        assert!(bytes(run(&resumed.context()).unwrap()) == whole, "stopped at boundary {boundary}");
        assert_eq!(resumed.boundaries(), 8 - boundary, "what was done is not done again");
    }
}

#[test]
fn a_simulation_that_is_stopped_at_every_boundary_ends_the_same() {
    let whole = bytes(run(&StopAt::new(usize::MAX, None).context()).unwrap());
    let mut state = None;
    for _ in 0..7 {
        let stopped = StopAt::new(1, state);
        run(&stopped.context()).unwrap_err();
        state = stopped.state();
    }
    let last = StopAt::new(1, state);
    assert!(bytes(run(&last.context()).unwrap()) == whole);
}

#[test]
fn a_damaged_state_is_as_none() {
    let whole = bytes(run(&StopAt::new(usize::MAX, None).context()).unwrap());
    let stopped = StopAt::new(5, None);
    run(&stopped.context()).unwrap_err();
    let mut state = stopped.state().unwrap();
    state.truncate(state.len() / 2);
    assert!(bytes(run(&StopAt::new(usize::MAX, Some(state)).context()).unwrap()) == whole);
}

#[test]
fn a_checkpoint_takes_three_bytes_a_spike_and_eight_a_sample() {
    let params = RingParams { duration_s: 400.0, ring_units: 32, ..params() };
    let stopped = StopAt::new(39, None);
    RingAttractorStep.run(&stopped.context(), &params, &Inputs::default()).unwrap_err();
    let n_spikes = 390.0 * 8.0 * 9.5; // mean rate of about 9 Hz
    let most = 3.0 * n_spikes + 8.0 * 390.0 * 50.0 + 4096.0;
    let found = stopped.state().unwrap().len() as f64;
    assert!(found < most, "{found} bytes, expected at most {most}");
}
