//! Trials of recordings as arrays.

mod natural;
mod rates;
mod recording;
mod signals;

pub(crate) use natural::natural_order;
pub(crate) use rates::{RateRows, rate_table};
pub use recording::{Part, Recording, Unit};
pub(crate) use recording::{RATE, RATE_TRUTH};
pub use signals::Signals;
