//! Writes the model of a table as a safetensors file, which other programs read and `langevin.import` reads back.
//!
//! `cargo run --release -p neuroloom-langevin --example export_safetensors MODEL.parquet MODEL.safetensors`

use std::error::Error;
use std::path::Path;

use neuroloom_core::files;
use neuroloom_langevin::to_safetensors;
use neuroloom_table::parquet;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(target)) = (args.next(), args.next()) else {
        return Err("give the table of the model and the file to write".into());
    };
    let bytes = to_safetensors(&parquet::read(Path::new(&model))?)?;
    files::write_bytes(Path::new(&target), &bytes)?;
    println!("{} bytes", bytes.len());
    Ok(())
}
