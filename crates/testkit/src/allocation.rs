//! How much memory a piece of work holds at once.
//!
//! [`Counting`] is the global allocator of every test program that uses this crate: it passes requests on to the
//! system and keeps count, thread by thread, so that tests that run side by side do not disturb each other.
#![allow(unsafe_code, reason = "an allocator cannot be written without; every call is passed on unchanged")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    // Constant and without a destructor: reading them never allocates.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// Runs `work` and gives its value with the most bytes that this thread held at once meanwhile, beyond those it held
/// before. What was asked for counts, whether it was touched or not. Threads that `work` starts are not seen.
///
/// ```
/// let (sum, peak) = neuroloom_testkit::peak_allocation(|| vec![1_u64; 1000].into_iter().sum::<u64>());
/// assert_eq!((sum, peak), (1000, 8000));
/// ```
pub fn peak_allocation<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.get();
    let outer = PEAK.replace(before);
    let value = work();
    let peak = PEAK.get();
    PEAK.set(outer.max(peak));
    (value, usize::try_from(peak - before).unwrap_or(0))
}

/// The system's allocator, counted.
struct Counting;

// SAFETY: every method hands its arguments to `System` and returns what that returns; the counters are plain cells
// of the thread, whose reading and writing neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`, which is that of `System`.
        let block = unsafe { System.alloc(layout) };
        count_new(block, layout.size());
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        let block = unsafe { System.alloc_zeroed(layout) };
        count_new(block, layout.size());
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `System` with this layout, since every allocation above does.
        unsafe { System.dealloc(block, layout) };
        count(-signed(layout.size()));
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; the caller keeps the contract for `size`.
        let moved = unsafe { System.realloc(block, layout, size) };
        if !moved.is_null() {
            count(signed(size) - signed(layout.size()));
        }
        moved
    }
}

fn count_new(block: *mut u8, size: usize) {
    if !block.is_null() {
        count(signed(size));
    }
}

/// The largest allocation is `isize::MAX`.
fn signed(size: usize) -> isize {
    size as isize
}

fn count(change: isize) {
    // A thread that ends frees memory after its counters are gone.
    let live = LIVE.try_with(|live| {
        let now = live.get().wrapping_add(change);
        live.set(now);
        now
    });
    if let Ok(live) = live {
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_counts_what_is_held_at_once() {
        let ((), one_by_one) = peak_allocation(|| {
            (0..10).for_each(|_| drop(vec![0_u8; 1000]));
        });
        assert_eq!(one_by_one, 1000);
        let (kept, together) = peak_allocation(|| [Vec::<u8>::with_capacity(300), Vec::with_capacity(500)]);
        assert_eq!((together, kept.len()), (800, 2));
    }

    #[test]
    fn growing_is_counted() {
        let (_, peak) = peak_allocation(|| {
            let mut bytes: Vec<u8> = Vec::with_capacity(10);
            bytes.reserve_exact(4096);
            bytes
        });
        assert!((4096..8192).contains(&peak), "{peak}");
    }

    #[test]
    fn an_inner_peak_is_part_of_the_outer_one() {
        let ((_, inner), outer) = peak_allocation(|| {
            let _held = Vec::<u8>::with_capacity(100);
            peak_allocation(|| drop(vec![0_u8; 700]))
        });
        assert_eq!((inner, outer), (700, 800));
    }

    #[test]
    fn other_threads_do_not_count() {
        let (bytes, peak) =
            peak_allocation(|| std::thread::spawn(|| vec![0_u8; 1 << 20].len()).join().unwrap());
        assert!(bytes == 1 << 20 && peak < 1 << 16, "{peak}");
    }
}
