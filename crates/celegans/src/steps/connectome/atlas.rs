//! What an atlas says of the neurons.

use neuroloom_core::{Result, Table};
use neuroloom_table::Columns;

use crate::QualityWarning;
use crate::names::{self, NAMES};

/// Type, transmitter and position by slot.
pub(super) struct Atlas(Vec<AtlasEntry>);

/// What is known of a neuron.
#[derive(Clone, Debug, Default)]
pub(super) struct AtlasEntry {
    pub kind: Option<String>,
    pub transmitter: Option<String>,
    pub position_um: [Option<f64>; 3],
}

impl Atlas {
    /// Reads `table`, if there is one; names outside the 300 are a warning.
    pub fn new(table: Option<&Table>) -> Result<(Self, Option<QualityWarning>)> {
        let mut entries = vec![AtlasEntry::default(); NAMES.len()];
        let mut strangers = Vec::new();
        if let Some(table) = table {
            let (neurons, kinds) = (table.text("neuron")?, table.text("type")?);
            let transmitters = table.text("transmitter")?;
            let positions = [table.numbers("x_um")?, table.numbers("y_um")?, table.numbers("z_um")?];
            for row in 0..table.n_rows() {
                let written = neurons.get_or_empty(row);
                let name = names::without_zero_padding(written).unwrap_or_else(|| written.to_owned());
                match names::slot(&name).and_then(|slot| entries.get_mut(slot)) {
                    None => strangers.push(name),
                    Some(entry) => {
                        entry.kind = kinds.get(row).map(str::to_owned);
                        entry.transmitter =
                            transmitters.get(row).map(|word| names::transmitter(word).to_owned());
                        entry.position_um = positions.map(|axis| axis.get(row));
                    }
                }
            }
        }
        let note = (!strangers.is_empty()).then(|| {
            let message =
                format!("{} cells are not among the 300 neurons: {}", strangers.len(), strangers.join(", "));
            QualityWarning::new("names_outside", message)
        });
        Ok((Self(entries), note))
    }

    /// What is known of the neuron at `slot`.
    pub fn entry(&self, slot: usize) -> Option<&AtlasEntry> {
        self.0.get(slot)
    }
}
