//! Preparation of recordings: from what was recorded to what the methods eat.
//!
//! Every module is a step and the algorithm behind it, which works on slices and arrays and knows no tables:
//! - calcium: [`neuropil`], [`dff`], [`deconvolve`];
//! - any trace: [`smooth`], [`detrend`], [`zscore`], [`resample`], [`align`];
//! - spikes: [`binning`];
//! - choice: [`select`], [`filter`], [`split`];
//! - neurons and behaviour or stimuli: [`tuning`].
//!
//! [`register`] offers the steps to a pipeline.
//!
//! ```
//! use neuroloom_prepare::binning::count_spikes;
//! use neuroloom_prepare::smooth::{Edges, Kernel, smooth};
//! use neuroloom_prepare::UniformBins;
//!
//! let bins = UniformBins::within(0.0, 1.0, 0.25)?.expect("four bins fit");
//! let counts = count_spikes(&[0.1, 0.3, 0.35, 0.75], &bins);
//! assert_eq!(counts, [1, 2, 0, 1]);
//!
//! let counts: Vec<f64> = counts.into_iter().map(|count| count as f64).collect();
//! let smoothed = smooth(&counts, &Kernel::gaussian(1.0, 4.0), Edges::Reflect);
//! assert!((smoothed.iter().sum::<f64>() - 4.0).abs() < 1e-12);
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

pub mod align;
pub mod binning;
pub mod deconvolve;
pub mod detrend;
pub mod dff;
mod each_trace;
pub mod filter;
mod interval_selector;
mod listing;
pub mod neuropil;
pub mod resample;
mod sampled;
pub mod select;
mod signal_lists;
pub mod smooth;
mod spike_train;
pub mod split;
mod support;
pub mod tuning;
mod uniform_bins;
pub mod zscore;

pub use interval_selector::{IntervalSelector, SelectedInterval};
pub(crate) use listing::listing;
pub use spike_train::{SpikeTrain, spike_trains};
pub use support::{Span, Support};
pub use uniform_bins::UniformBins;

use neuroloom_core::Registry;

/// Adds the steps `prepare.*`.
pub fn register(registry: Registry) -> Registry {
    registry
        .with(align::AlignStep)
        .with(binning::BinStep)
        .with(deconvolve::DeconvolveStep)
        .with(detrend::DetrendStep)
        .with(dff::DffStep)
        .with(filter::FilterStep)
        .with(neuropil::NeuropilStep)
        .with(resample::ResampleStep)
        .with(select::SelectStep)
        .with(smooth::SmoothStep)
        .with(split::SplitStep)
        .with(tuning::TuningStep)
        .with(zscore::ZscoreStep)
}
