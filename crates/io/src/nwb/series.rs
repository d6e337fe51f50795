//! Time series: what their headers say, and their samples.

use neuroloom_core::{Error, Result, Unit};

use super::clock::Clock;
use super::matrix::Layout;
use crate::hdf5::{Dtype, File};

/// The headers of a time series with numeric data of one or two dimensions.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) path: String,
    pub(super) dtype: Dtype,
    pub(super) layout: Layout,
    pub(super) clock: Clock,
    pub(super) unit: Unit,
}

/// Data that are no numeric series of one or two dimensions: why not.
pub(super) type NotSampled = &'static str;

impl Series {
    /// Reads the headers of the series at `path`; the inner error says why it cannot become rows of a table.
    ///
    /// # Errors
    /// When the headers are damaged or contradict each other.
    pub(super) fn of(file: &File, path: &str) -> Result<Result<Self, NotSampled>> {
        let data = format!("{path}/data");
        if !file.has_dataset(&data)? {
            return Ok(Err("it has no data"));
        }
        let info = file.sized_info(&data)?;
        if !info.dtype.is_numeric() && info.dtype != Dtype::Bool {
            return Ok(Err("its data are no numbers"));
        }
        let (n_rows, n_columns) = match info.shape.as_slice() {
            [n] => (*n, 1),
            [n, m] => (*n, *m),
            _ => return Ok(Err("its data have more than two dimensions")),
        };
        let clock = Clock::of(file, path)?;
        // NWB puts time first; some writers do not, and then the timestamps tell.
        let n_times = clock.n_timestamps();
        let channel_first = info.shape.len() == 2 && n_times == Some(n_columns) && n_times != Some(n_rows);
        let (n_samples, n_channels) = if channel_first { (n_columns, n_rows) } else { (n_rows, n_columns) };
        let layout = layout(file, &data, n_samples, n_channels, channel_first)?;
        let unit = unit(file, &data)?;
        Ok(Ok(Self { path: path.to_owned(), dtype: info.dtype, layout, clock, unit }))
    }

    /// Path of the samples.
    pub(super) fn data(&self) -> String {
        format!("{}/data", self.path)
    }

    /// Number of values.
    pub(super) fn n_values(&self) -> usize {
        self.layout.n_samples.saturating_mul(self.layout.n_channels)
    }
}

/// The layout of `n_samples` times `n_channels`, if memory can address it.
pub(super) fn layout(
    file: &File,
    data: &str,
    n_samples: u64,
    n_channels: u64,
    channel_first: bool,
) -> Result<Layout> {
    let too_large = || -> Error { file.error(data, "the dataset is larger than any memory") };
    n_samples.checked_mul(n_channels).and_then(|n| isize::try_from(n).ok()).ok_or_else(too_large)?;
    let n_samples = usize::try_from(n_samples).map_err(|_| too_large())?;
    let n_channels = usize::try_from(n_channels).map_err(|_| too_large())?;
    Ok(Layout { n_samples, n_channels, channel_first })
}

/// The unit of a dataset, as its attribute `unit` spells it.
pub(super) fn unit(file: &File, data: &str) -> Result<Unit> {
    Ok(Unit::parse(&file.text_attribute(data, "unit")?.unwrap_or_default()))
}
