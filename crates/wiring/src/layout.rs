//! How the sources lay out their readings.

mod edge_list;
mod matrices;
mod propagation;
mod synapse_list;

pub(crate) use edge_list::{CHKLOVSKII, NEMANODE, OPENWORM, OPENWORM_SHEET, edges};
pub use edge_list::{EdgeColumns, EdgeList};
pub(crate) use matrices::{COOK_CHEMICAL, COOK_GAP, matrix};
pub(crate) use propagation::{IDS, responses};
pub(crate) use synapse_list::synapses;

use neuroloom_celegans::connectome::{Reading, ReadingType};
use neuroloom_core::{Error, Result};

/// Checks the type and the sign of a reading, so that the error names the place in the file.
fn check(reading: &Reading, place: impl Fn() -> String) -> Result<()> {
    let meaning = reading.reading_type().map_err(|error| {
        Error::data(error.message())
            .at_object(place())
            .expected(error.expected_text().unwrap_or_default())
            .found(format!("{:?}", reading.kind))
    })?;
    if meaning == ReadingType::Functional || reading.weight >= 0.0 {
        return Ok(());
    }
    Err(Error::data("the weight of a connection makes no sense")
        .at_object(place())
        .expected("a number of synapses or sections, 0 or more")
        .found(format!("{} for {} to {}", reading.weight, reading.pre, reading.post)))
}

/// Checks a false discovery rate.
fn check_q(q_value: f64, place: impl Fn() -> String) -> Result<()> {
    if (0.0..=1.0).contains(&q_value) {
        return Ok(());
    }
    Err(Error::data("a q-value is not a probability")
        .at_object(place())
        .expected("0 to 1")
        .found(q_value.to_string()))
}
