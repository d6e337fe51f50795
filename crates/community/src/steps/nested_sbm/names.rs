//! Names of nodes and graphs, which may be text or integers in a table.

use arrow_array::Int64Array;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, TextColumn};

/// A column of names.
pub(super) enum Names<'a> {
    Text(TextColumn<'a>),
    Numbers(&'a Int64Array),
}

impl<'a> Names<'a> {
    /// The column that the parameter `param` names.
    pub fn column(table: &'a Table, name: &str, param: &str) -> Result<Self> {
        if let Ok(text) = table.text(name) {
            return Ok(Self::Text(text));
        }
        let numbers = table.integers(name).map(Self::Numbers);
        numbers.map_err(|error| {
            let found = error.found_text().unwrap_or_default().to_owned();
            Error::data(format!("{} table: the column that `{param}` names cannot be read", table.kind()))
                .at_object(name)
                .expected("a column of text or integers")
                .found(found)
                .hint(format!("set `{param}` to the column that is meant"))
        })
    }

    /// The name in `row`; none where it is absent.
    pub fn get(&self, row: usize) -> Option<String> {
        match self {
            Self::Text(text) => text.get(row).map(str::to_owned),
            Self::Numbers(numbers) => {
                use arrow_array::Array;
                (row < numbers.len() && numbers.is_valid(row)).then(|| numbers.value(row).to_string())
            }
        }
    }
}

/// Whether a table has the column `name`.
pub(super) fn has_column(table: &Table, name: &str) -> bool {
    table.batch().column_by_name(name).is_some()
}

/// Sorts names: whole numbers by size before other text by its bytes.
pub(super) fn sort_names(names: &mut [String]) {
    names.sort_by_cached_key(|name| match name.parse::<i64>() {
        Ok(number) => (false, number, name.clone()),
        Err(_) => (true, 0, name.clone()),
    });
}
