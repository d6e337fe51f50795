//! Signals of regions of interest: the headers of `RoiResponseSeries`.

use std::collections::BTreeMap;

use neuroloom_core::{Result, Unit};

use super::clock::Clock;
use super::matrix::Layout;
use super::{names, series};
use crate::hdf5::{Attribute, Dtype, File};

/// The headers of a `RoiResponseSeries`.
#[derive(Clone, Debug)]
pub(super) struct RoiSeries {
    pub(super) path: String,
    /// Path of the table of regions of interest.
    pub(super) plane: String,
    /// `fluorescence`, `dff`, `neuropil`, `deconvolved`; with its name where a plane has several of the kind.
    pub(super) signal: String,
    pub(super) dtype: Dtype,
    pub(super) layout: Layout,
    pub(super) clock: Clock,
    pub(super) unit: Unit,
    /// What its headers leave open.
    pub(super) note: Option<String>,
}

impl RoiSeries {
    /// Reads the headers of the series at `path`.
    ///
    /// # Errors
    /// When its data do not fit its regions of interest, or the headers are damaged.
    pub(super) fn of(file: &File, path: &str, container_type: &str) -> Result<Self> {
        let (data, rois) = (format!("{path}/data"), format!("{path}/rois"));
        for needed in [&data, &rois] {
            if !file.has_dataset(needed)? {
                return Err(file.error(needed, "a series of regions of interest lacks a dataset"));
            }
        }
        let Some(Attribute::Reference(Some(plane))) = file.attribute(&rois, "table")? else {
            return Err(file
                .error(&rois, "the regions of interest belong to no table")
                .expected("an attribute table that refers to a PlaneSegmentation"));
        };
        let info = file.sized_info(&data)?;
        let clock = Clock::of(file, path)?;
        let n_rois = file.sized_info(&rois)?.n_rows();
        let (layout, note) = orientation(file, &data, &info.shape, n_rois, clock.n_timestamps())?;
        Ok(Self {
            path: path.to_owned(),
            plane,
            signal: signal(path, container_type).to_owned(),
            dtype: info.dtype,
            layout,
            clock,
            unit: series::unit(file, &data)?,
            note,
        })
    }

    /// Number of values.
    pub(super) fn n_values(&self) -> usize {
        self.layout.n_samples.saturating_mul(self.layout.n_channels)
    }
}

/// What a series measures, by its own name and that of its container.
fn signal(path: &str, container_type: &str) -> &'static str {
    let name = names::last(path).to_lowercase();
    let container = names::last(names::parent(path)).to_lowercase();
    let says = |words: &[&str]| {
        words.iter().any(|word| name.contains(word)) || words.iter().any(|word| container.contains(word))
    };
    if says(&["deconv", "spks", "spike", "event"]) {
        "deconvolved"
    } else if says(&["neuropil"]) {
        "neuropil"
    } else if container_type == "DfOverF" || says(&["dfoverf", "dff", "df_over_f", "df/f", "deltaf"]) {
        "dff"
    } else {
        "fluorescence"
    }
}

/// Which dimension is time: the one that has as many entries as there are times; the other has those of the
/// table of regions of interest.
fn orientation(
    file: &File,
    data: &str,
    shape: &[u64],
    n_rois: u64,
    n_times: Option<u64>,
) -> Result<(Layout, Option<String>)> {
    let times_fit = |n: u64| n_times.is_none_or(|times| times == n);
    let (n_samples, roi_first, note) = match *shape {
        [n] if n_rois == 1 => (n, false, None),
        [a, b] if b == n_rois && times_fit(a) => {
            let square = a == b && n_times.is_none();
            let note = square.then(|| {
                format!(
                    "{data}: as many samples as regions of interest; taken as (time, region), as NWB says"
                )
            });
            (a, false, note)
        }
        [a, b] if a == n_rois && times_fit(b) => (b, true, None),
        _ => {
            let times = n_times.map_or_else(|| "any number of".to_owned(), |n| n.to_string());
            return Err(file
                .error(data, "the shape of the data fits neither its times nor its regions of interest")
                .expected(format!("{times} times × {n_rois} regions"))
                .found(format!("{shape:?}")));
        }
    };
    Ok((series::layout(file, data, n_samples, n_rois, roi_first)?, note))
}

/// Gives series of one plane and one signal their own names: `fluorescence/Series1`.
pub(super) fn tell_apart(all: &mut [RoiSeries]) {
    let mut uses: BTreeMap<(String, String), usize> = BTreeMap::new();
    for series in all.iter() {
        *uses.entry((series.plane.clone(), series.signal.clone())).or_default() += 1;
    }
    for series in all.iter_mut() {
        if uses.get(&(series.plane.clone(), series.signal.clone())).is_some_and(|&n| n > 1) {
            series.signal = format!("{}/{}", series.signal, names::with_container(&series.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_was_measured() {
        assert_eq!(signal("/processing/ophys/Deconvolved/Deconvolved", "Fluorescence"), "deconvolved");
        assert_eq!(signal("/processing/ophys/Neuropil/Neuropil", "Fluorescence"), "neuropil");
        assert_eq!(signal("/processing/ophys/DfOverF/RoiResponseSeries", "DfOverF"), "dff");
        assert_eq!(
            signal("/processing/ophys/Fluorescence/RoiResponseSeries1", "Fluorescence"),
            "fluorescence"
        );
    }
}
