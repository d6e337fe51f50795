//! The columns `t0_s`, `dt_s`, `t_s` of a table of sampled signals.

use std::sync::Arc;

use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, Float64Array};
use neuroloom_core::{Result, TimeBase};

use crate::lists::lists;

/// Time bases, a row each.
#[derive(Debug)]
pub(crate) struct Times {
    t0_s: Vec<Option<f64>>,
    dt_s: Vec<Option<f64>>,
    t_s: Vec<f64>,
    offsets: Vec<usize>,
}

/// The three columns.
pub(crate) struct TimeColumns {
    pub(crate) t0_s: ArrayRef,
    pub(crate) dt_s: ArrayRef,
    pub(crate) t_s: ArrayRef,
}

impl Times {
    /// No rows yet.
    pub(crate) fn new() -> Self {
        Self { t0_s: Vec::new(), dt_s: Vec::new(), t_s: Vec::new(), offsets: vec![0] }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, times: &TimeBase) {
        let (t0_s, dt_s) = match times {
            TimeBase::Regular { t0_s, dt_s } => (Some(*t0_s), Some(*dt_s)),
            TimeBase::Explicit(t_s) => {
                self.t_s.extend_from_slice(t_s);
                (None, None)
            }
        };
        self.t0_s.push(t0_s);
        self.dt_s.push(dt_s);
        self.offsets.push(self.t_s.len());
    }

    /// The columns; a row has either `t0_s` and `dt_s`, or `t_s`.
    ///
    /// # Errors
    /// When there are more times than a column of lists can hold.
    pub(crate) fn into_columns(self) -> Result<TimeColumns> {
        let explicit: Vec<bool> = self.t0_s.iter().map(Option::is_none).collect();
        Ok(TimeColumns {
            t0_s: Arc::new(Float64Array::from(self.t0_s)),
            dt_s: Arc::new(Float64Array::from(self.dt_s)),
            t_s: lists::<Float64Type>(self.t_s, &self.offsets, Some(explicit))?,
        })
    }
}
