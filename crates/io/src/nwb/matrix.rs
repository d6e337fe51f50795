//! Sampled data of several channels, read slab by slab into one block in which every channel has its place.

use neuroloom_core::{Error, ErrorKind, Result};

use super::transpose::transpose;
use crate::hdf5::{DatasetInfo, File, Number};

/// Bytes of a slab, roughly: what a core's own cache holds, so that a slab is turned before it is pushed out to memory.
const SLAB_BYTES: u64 = 1 << 20;

/// How samples and channels lie in a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) n_samples: usize,
    pub(super) n_channels: usize,
    /// Whether the first dimension is the channel; NWB says it is time.
    pub(super) channel_first: bool,
}

/// From stored numbers to physical ones: `x · conversion · channel_conversion[c] + offset`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    conversion: f64,
    offset: f64,
    per_channel: Option<Vec<f64>>,
}

/// A type that samples are kept in.
pub(super) trait Sample: Number + Default {
    fn scaled(self, factor: f64, offset: f64) -> Self;
}

impl Sample for f32 {
    fn scaled(self, factor: f64, offset: f64) -> Self {
        (f64::from(self) * factor + offset) as f32
    }
}

impl Sample for f64 {
    fn scaled(self, factor: f64, offset: f64) -> Self {
        self * factor + offset
    }
}

impl Scale {
    /// The scale of the series at `path`.
    ///
    /// # Errors
    /// When a factor is no finite number.
    pub(super) fn of(file: &File, path: &str, n_channels: usize) -> Result<Self> {
        let data = format!("{path}/data");
        let number = |name: &str, default: f64| -> Result<f64> {
            let value = file.number_attribute(&data, name)?.unwrap_or(default);
            if value.is_finite() {
                return Ok(value);
            }
            let error = file.error(&data, format!("the attribute {name} is no finite number"));
            Err(error.expected("a finite number").found(value.to_string()))
        };
        let per_channel = format!("{path}/channel_conversion");
        let per_channel = if file.has_dataset(&per_channel)? {
            let factors: Vec<f64> = file.numbers(&per_channel)?;
            if factors.len() != n_channels || factors.iter().any(|factor| !factor.is_finite()) {
                return Err(file
                    .error(&per_channel, "the conversion factors do not fit the channels")
                    .expected(format!("{n_channels} finite numbers"))
                    .found(format!("{} numbers", factors.len())));
            }
            Some(factors)
        } else {
            None
        };
        Ok(Self { conversion: number("conversion", 1.0)?, offset: number("offset", 0.0)?, per_channel })
    }

    fn factor(&self, channel: usize) -> f64 {
        let own = self.per_channel.as_ref().and_then(|factors| factors.get(channel)).copied();
        self.conversion * own.unwrap_or(1.0)
    }

    fn is_identity(&self) -> bool {
        self.conversion == 1.0 && self.offset == 0.0 && self.per_channel.is_none()
    }
}

/// A block of `n` samples, all 0.
///
/// # Errors
/// When there is not that much memory.
pub(super) fn block<T: Sample>(n: usize) -> Result<Vec<T>> {
    let mut room: Vec<T> = Vec::new();
    room.try_reserve_exact(n).map_err(|_| {
        Error::new(ErrorKind::Memory, "there is not enough memory for the samples")
            .expected(format!("room for {n} values of {} bytes", size_of::<T>()))
            .hint("read fewer series at a time: name them in `signals`")
    })?;
    drop(room);
    // The system gives zeroed pages as they are touched: unlike filling what was reserved, this writes nothing.
    Ok(vec![T::default(); n])
}

/// Reads the samples of `dataset`, scaled, into `block`: those of channel `c` from `starts[c]` on.
///
/// # Errors
/// When the dataset is damaged or no numbers.
pub(super) fn read_channels<T: Sample>(
    block: &mut [T],
    starts: &[usize],
    file: &File,
    dataset: &str,
    layout: Layout,
    scale: &Scale,
) -> Result<()> {
    if layout.n_samples == 0 || layout.n_channels == 0 {
        return Ok(());
    }
    let n_rows = if layout.channel_first { layout.n_channels } else { layout.n_samples } as u64;
    let step = rows_per_slab(&file.info(dataset)?);
    let mut first = 0;
    while first < n_rows {
        let slab: Vec<T> = file.number_rows(dataset, first..(first + step).min(n_rows))?;
        if layout.channel_first {
            let channels = starts.iter().skip(first as usize);
            for (&start, trace) in channels.zip(slab.chunks_exact(layout.n_samples)) {
                stretch(block, start, layout.n_samples).copy_from_slice(trace);
            }
        } else {
            transpose(&slab, block, starts, first as usize);
        }
        first += step;
    }
    if !scale.is_identity() {
        for (channel, &start) in starts.iter().enumerate() {
            let factor = scale.factor(channel);
            let trace = stretch(block, start, layout.n_samples);
            trace.iter_mut().for_each(|value| *value = value.scaled(factor, scale.offset));
        }
    }
    Ok(())
}

/// `n` samples of `block`; fewer only if the caller gave a channel no room.
fn stretch<T>(block: &mut [T], start: usize, n: usize) -> &mut [T] {
    block.get_mut(start..start + n).unwrap_or_default()
}

/// Rows of a slab: whole chunks, so that none is unpacked twice.
fn rows_per_slab(info: &DatasetInfo) -> u64 {
    let row_elements: u64 = info.shape.iter().skip(1).product::<u64>().max(1);
    let wanted = (SLAB_BYTES / (row_elements * info.dtype.size().max(1))).max(1);
    let chunk_rows = info.chunk.as_ref().and_then(|chunk| chunk.first()).copied().unwrap_or(1).max(1);
    wanted.div_ceil(chunk_rows).saturating_mul(chunk_rows)
}
