//! A reader that stops after so many bytes.

use std::cell::Cell;
use std::io::{Error, Read, Result};
use std::rc::Rc;

/// Passes on what `inner` yields, up to an allowance that is set from outside.
pub(super) struct Meter<R> {
    inner: R,
    left: Allowance,
}

/// Bytes that a [`Meter`] may still pass on.
#[derive(Clone)]
pub(super) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    /// Grants `bytes` from now on.
    pub fn set(&self, bytes: u64) {
        self.0.set(bytes);
    }
}

impl<R: Read> Meter<R> {
    /// A meter, and the hand on it.
    pub fn new(inner: R) -> (Self, Allowance) {
        let left = Allowance(Rc::new(Cell::new(0)));
        (Self { inner, left: left.clone() }, left)
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.left.0.get();
        if left == 0 && !buffer.is_empty() {
            return Err(Error::other("it goes on for longer than it may"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.0.set(left.saturating_sub(n as u64));
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_passes_than_was_allowed() {
        let (mut meter, allowance) = Meter::new([7; 100].as_slice());
        let mut read = Vec::new();
        assert!(meter.read_to_end(&mut read).is_err() && read.is_empty());
        allowance.set(30);
        assert!(meter.read_to_end(&mut read).is_err());
        assert_eq!(read.len(), 30);
        allowance.set(100);
        assert!(meter.read_to_end(&mut read).is_ok());
        assert_eq!(read.len(), 100);
    }
}
