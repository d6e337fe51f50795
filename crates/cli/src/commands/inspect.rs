//! `neuroloom inspect`.

use std::path::Path;

use neuroloom_io::Format;
use neuroloom_report::{columns, preview};
use neuroloom_table::parquet;
use serde_json::json;

use super::{aligned, pretty};
use crate::failure::Failure;

pub fn inspect(file: &Path, rows: usize, json: bool) -> Result<(), Failure> {
    if neuroloom_io::detect(file)? == Format::Parquet {
        return table(file, rows, json);
    }
    let inspection = neuroloom_io::inspect(file)?;
    if json {
        println!("{}", pretty(&inspection)?);
    } else {
        print!("{inspection}");
    }
    Ok(())
}

fn table(file: &Path, rows: usize, json: bool) -> Result<(), Failure> {
    let contents = parquet::inspect(file)?;
    let kind = contents.kind.as_deref().unwrap_or("not written by neuroloom");
    let columns = columns(&contents.schema);
    if json {
        let text = pretty(
            &json!({ "format": "parquet", "table": contents.kind, "rows": contents.n_rows, "columns": columns }),
        )?;
        println!("{text}");
        return Ok(());
    }
    println!("Parquet table ({kind}), {} rows\n", contents.n_rows);
    let row = |column: &neuroloom_report::ColumnSection| {
        vec![column.name.clone(), column.data_type.clone(), column.unit.clone(), column.doc.clone()]
    };
    print!("{}", aligned(&columns.iter().map(row).collect::<Vec<_>>()));
    if contents.kind.is_some() && rows > 0 {
        println!("\nverified; the first rows:");
        let names = columns.iter().map(|column| column.name.clone()).collect();
        let preview = preview(&parquet::read(file)?, rows);
        print!("{}", aligned(&std::iter::once(names).chain(preview).collect::<Vec<_>>()));
    }
    Ok(())
}
