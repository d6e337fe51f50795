//! Preparation of recordings: binning, smoothing, selection, tuning.
