//! The tables of `mds.fit_encoder`.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::fit::{EpochRecord, UnitQuality};
use crate::steps::labels::Unit;

pub(super) fn history(records: &[EpochRecord]) -> Result<Table> {
    TableBuilder::new(kinds::MDS_HISTORY)
        .integers("epoch", records.iter().map(|record| i64::from(record.epoch)))
        .numbers("train_loss", records.iter().map(|record| record.train_loss))
        .numbers("valid_loss", records.iter().map(|record| record.valid_loss))
        .numbers("lr", records.iter().map(|record| record.lr))
        .finish()
}

/// Nothing without test movies.
pub(super) fn quality(units: &[Unit], quality: &[UnitQuality]) -> Result<Table> {
    let rows = || units.iter().zip(quality);
    let normalised = |one: &UnitQuality| one.ceiling.filter(|c| *c > 0.0).map(|c| one.correlation / c);
    TableBuilder::new(kinds::MDS_QUALITY)
        .text("recording_id", rows().map(|(unit, _)| &unit.0))
        .text("unit_id", rows().map(|(unit, _)| &unit.1))
        .numbers("correlation", rows().map(|(_, one)| one.correlation))
        .optional_numbers("ceiling", rows().map(|(_, one)| one.ceiling))
        .optional_numbers("normalised", rows().map(|(_, one)| normalised(one)))
        .finish()
}
