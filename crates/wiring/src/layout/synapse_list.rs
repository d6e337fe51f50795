//! A list of connections in JSON, with the size of every synapse: `[{pre, post, syn: [...], typ}]`.

use neuroloom_celegans::connectome::Reading;
use neuroloom_core::{Error, Result};
use serde::Deserialize;

use super::check;

#[derive(Deserialize)]
struct Connection {
    pre: String,
    post: String,
    /// Synapses in each place where the two touch.
    syn: Vec<f64>,
    /// 0 chemical, 2 electrical.
    typ: i64,
}

/// The connections in `text`: the weight is the sum of `syn`.
///
/// # Errors
/// When it is no such list, a type is unknown or a weight is negative.
pub(crate) fn synapses(text: &str) -> Result<Vec<Reading>> {
    let text = text.trim_start_matches('\u{feff}');
    let connections: Vec<Connection> = serde_json::from_str(text).map_err(|error| {
        Error::data("the JSON is no list of connections")
            .at_object(format!("line {}, column {}", error.line(), error.column()))
            .expected("[{pre, post, syn: [numbers], typ: 0 or 2}, ...]")
            .found(error.to_string())
    })?;
    connections.into_iter().zip(0..).map(|(connection, row)| reading(connection, row)).collect()
}

fn reading(connection: Connection, row: u64) -> Result<Reading> {
    let place = || format!("connection {row}");
    let kind = match connection.typ {
        0 => "chemical",
        2 => "electrical",
        other => {
            return Err(Error::data("the type of a connection is unknown")
                .at_object(place())
                .expected("0 (chemical) or 2 (electrical)")
                .found(other.to_string()));
        }
    };
    let weight = connection.syn.iter().sum();
    let (pre, post) = (connection.pre, connection.post);
    let reading = Reading { row, pre, post, kind: kind.into(), weight, q_value: None };
    check(&reading, place)?;
    Ok(reading)
}
