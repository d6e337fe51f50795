//! The schemas as JSON, for people and programs that do not read Rust.

use serde_json::{Value, json};

use crate::{ColumnSpec, KindSpec, kinds};

/// All table schemas: for every kind its meaning, key and columns with Arrow type, unit and meaning.
pub fn schemas_json() -> Value {
    json!({ "tables": kinds::ALL.iter().map(|spec| table(spec)).collect::<Vec<_>>() })
}

fn table(spec: &KindSpec) -> Value {
    json!({
        "kind": spec.kind,
        "description": spec.doc,
        "sorted_by": spec.key,
        "further_columns": spec.open,
        "columns": spec.columns.iter().map(column).collect::<Vec<_>>(),
    })
}

fn column(column: &ColumnSpec) -> Value {
    json!({
        "name": column.name,
        "type": column.column_type.arrow().to_string(),
        "nullable": column.nullable,
        "unit": column.unit,
        "description": column.doc,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_whose_name_ends_in_a_unit_has_that_unit() {
        for spec in kinds::ALL {
            for column in spec.columns {
                for (ending, unit) in [("_s", "s"), ("_hz", "Hz"), ("_rad", "rad")] {
                    if column.name.ends_with(ending) {
                        assert_eq!(column.unit, Some(unit), "{}.{}", spec.kind, column.name);
                    }
                }
            }
        }
    }

    #[test]
    fn every_number_has_a_unit_or_a_column_that_says_it() {
        use crate::ColumnType::{Integer, Number, NumberList, SignalList};
        for spec in kinds::ALL {
            for column in spec.columns {
                let numeric = matches!(column.column_type, Integer | Number | NumberList | SignalList);
                let elsewhere = spec.columns.iter().any(|other| other.name.ends_with("_unit"));
                assert!(!numeric || column.unit.is_some() || elsewhere, "{}.{}", spec.kind, column.name);
            }
        }
    }

    #[test]
    fn every_key_is_a_column() {
        for spec in kinds::ALL {
            assert!(spec.key.iter().all(|name| spec.column(name).is_some()), "{}", spec.kind);
        }
    }
}
