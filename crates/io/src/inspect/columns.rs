//! Parquet, ours and of others: rows, columns, types, units.

use std::path::Path;

use arrow_schema::{DataType, Field};
use neuroloom_core::Result;
use neuroloom_table::{DOC, UNIT, parquet};

use super::{Inspection, ObjectSummary};

pub(super) fn inspect_parquet(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let contents = parquet::inspect(path)?;
    inspection.rows = Some(contents.n_rows);
    inspection.recognised = contents.kind.map(|kind| format!("table of {kind}"));
    inspection.objects = contents.schema.fields().iter().map(|field| column(field)).collect();
    Ok(())
}

fn column(field: &Field) -> ObjectSummary {
    let metadata = |key: &str| field.metadata().get(key).cloned();
    ObjectSummary {
        unit: metadata(UNIT),
        about: metadata(DOC),
        ..ObjectSummary::new(field.name()).dtype(type_name(field.data_type()))
    }
}

fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Dictionary(_, values) => type_name(values),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            format!("list of {}", type_name(item.data_type()))
        }
        other => other.to_string().to_lowercase(),
    }
}
