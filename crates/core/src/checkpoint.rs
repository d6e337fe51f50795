//! Checkpoints: the state of long work between iterations.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// Where the state of one task is kept.
pub trait Checkpoints: Send + Sync {
    /// The state that was kept last; none where there is none, or it is damaged.
    ///
    /// # Errors
    /// When it is there and the operating system does not give it.
    fn load(&self) -> Result<Option<Vec<u8>>>;

    /// Keeps `state` in place of the one before.
    ///
    /// # Errors
    /// When the operating system refuses; then the one before is still there.
    fn save(&self, state: &[u8]) -> Result<()>;

    /// Whether so much time has passed since the last one that another is worth its cost.
    fn is_due(&self) -> bool;
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCheckpoints;

impl Checkpoints for NoCheckpoints {
    fn load(&self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn save(&self, _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn is_due(&self) -> bool {
        false
    }
}

/// `state` as bytes; floats keep every bit.
pub(crate) fn encode(state: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_stdvec(state).map_err(|e| Error::internal(format!("a state cannot be kept: {e}")))
}

/// The state in `bytes`; none where they hold another, of an earlier version of the step.
pub(crate) fn decode<S: DeserializeOwned>(bytes: &[u8]) -> Option<S> {
    let (state, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(state)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use rand::Rng;
    use rand_chacha::ChaCha8Rng;
    use serde::Deserialize;

    use super::*;
    use crate::{CancelToken, ErrorKind, NoProgress, RunContext, Seed};

    #[derive(Serialize, Deserialize)]
    struct Walk {
        step: u32,
        position: f64,
        #[serde(with = "crate::stream")]
        stream: ChaCha8Rng,
    }

    #[derive(Default)]
    struct InMemory(Mutex<Option<Vec<u8>>>);

    impl Checkpoints for InMemory {
        fn load(&self) -> Result<Option<Vec<u8>>> {
            Ok(self.0.lock().unwrap().clone())
        }

        fn save(&self, state: &[u8]) -> Result<()> {
            *self.0.lock().unwrap() = Some(state.to_vec());
            Ok(())
        }

        fn is_due(&self) -> bool {
            false
        }
    }

    /// A random walk of 20 steps that asks for a stop before step `stop`.
    fn walk(ctx: &RunContext, cancel: &CancelToken, stop: u32) -> Result<u64> {
        let begin = || Walk { step: 0, position: 0.0, stream: ctx.seed().rng() };
        let mut walk = ctx.resume()?.unwrap_or_else(begin);
        while walk.step < 20 {
            if walk.step == stop {
                cancel.cancel();
            }
            ctx.boundary(&walk)?;
            walk.position += f64::from(walk.stream.next_u32()) / 7.0;
            walk.step += 1;
        }
        Ok(walk.position.to_bits())
    }

    #[test]
    fn a_resumed_walk_ends_where_an_undisturbed_one_does() {
        let context = |cancel: &CancelToken, kept: &Arc<InMemory>| {
            let context = RunContext::new("", 1, Seed::root(3), Arc::new(NoProgress), cancel.clone());
            context.with_checkpoints(Arc::<InMemory>::clone(kept))
        };
        let cancel = CancelToken::default();
        let whole = walk(&context(&cancel, &Arc::default()), &cancel, 99).unwrap();
        for stop in 0..20 {
            let kept = Arc::default();
            let cancel = CancelToken::default();
            let stopped = walk(&context(&cancel, &kept), &cancel, stop).unwrap_err();
            assert_eq!(stopped.kind(), ErrorKind::Cancelled);
            let cancel = CancelToken::default();
            assert_eq!(walk(&context(&cancel, &kept), &cancel, 99).unwrap(), whole, "stopped at {stop}");
        }
    }

    #[test]
    fn the_state_of_another_version_is_none() {
        let bytes = encode(&(1_u32, "a")).unwrap();
        assert_eq!(decode::<(u32, String)>(&bytes), Some((1, "a".to_owned())));
        assert_eq!(decode::<u32>(&bytes), None);
        assert_eq!(decode::<(u32, String, f64)>(&bytes), None);
    }
}
