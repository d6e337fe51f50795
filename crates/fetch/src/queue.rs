//! Work that several threads share, with few files from one server at a time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use neuroloom_core::CancelToken;

/// Pieces of work, each for a server.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    per_server: usize,
}

struct State<T> {
    pending: VecDeque<(String, T)>,
    busy: HashMap<String, usize>,
}

/// A piece of work in hand. Dropping it frees its place at the server.
pub(crate) struct InHand<'a, T> {
    pub work: T,
    server: String,
    queue: &'a Queue<T>,
}

impl<T> Queue<T> {
    /// Work in order, with at most `per_server` pieces (at least one) in hand for one server.
    pub fn new(work: impl IntoIterator<Item = (String, T)>, per_server: usize) -> Self {
        let state = State { pending: work.into_iter().collect(), busy: HashMap::new() };
        Self { state: Mutex::new(state), changed: Condvar::new(), per_server: per_server.max(1) }
    }

    /// The first piece whose server has a place, as soon as there is one; none when all is done or a stop was asked for.
    pub fn next(&self, cancel: &CancelToken) -> Option<InHand<'_, T>> {
        const LOOK_AT_CANCEL: Duration = Duration::from_millis(100);
        let mut state = self.state();
        loop {
            if cancel.is_cancelled() || state.pending.is_empty() {
                return None;
            }
            if let Some((server, work)) = state.take_free(self.per_server) {
                return Some(InHand { work, server, queue: self });
            }
            let waited = self.changed.wait_timeout(state, LOOK_AT_CANCEL);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn take_free(&mut self, per_server: usize) -> Option<(String, T)> {
        let is_free = |server: &String| self.busy.get(server).is_none_or(|busy| *busy < per_server);
        let at = self.pending.iter().position(|(server, _)| is_free(server))?;
        let (server, work) = self.pending.remove(at)?;
        *self.busy.entry(server.clone()).or_default() += 1;
        Some((server, work))
    }
}

impl<T> Drop for InHand<'_, T> {
    fn drop(&mut self) {
        if let Some(busy) = self.queue.state().busy.get_mut(&self.server) {
            *busy = busy.saturating_sub(1);
        }
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_server_does_not_hold_up_another() {
        let work = [("a", 1), ("a", 2), ("b", 3)].map(|(server, n)| (server.to_owned(), n));
        let queue = Queue::new(work, 1);
        let cancel = CancelToken::default();
        let first = queue.next(&cancel).unwrap();
        let second = queue.next(&cancel).unwrap();
        assert_eq!((first.work, second.work), (1, 3));
        drop(first);
        assert_eq!(queue.next(&cancel).unwrap().work, 2);
        assert!(queue.next(&cancel).is_none());
    }

    #[test]
    fn nothing_is_begun_after_a_stop() {
        let queue = Queue::new([("a".to_owned(), 1)], 1);
        let cancel = CancelToken::default();
        cancel.cancel();
        assert!(queue.next(&cancel).is_none());
    }
}
