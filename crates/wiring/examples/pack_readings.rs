//! Packs the published connectomes in a folder into one small Parquet file per source.
//!
//!     cargo run --release -p neuroloom-wiring --example pack_readings -- downloads data/connectome

use std::path::Path;

use neuroloom_core::{Error, Result};
use neuroloom_table::parquet;
use neuroloom_wiring::{Collection, Strain, read_folder};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else {
        return Err(Error::params("usage: pack_readings FROM TO"));
    };
    for source in read_folder(Path::new(from), Strain::Wt)?.sources() {
        let path = Path::new(to).join(format!("{}.parquet", source.source));
        let mut single = Collection::default();
        single.add(source.clone())?;
        let digest = parquet::write(&path, &single.table()?)?;
        println!("{digest}  {}  {} readings", path.display(), source.readings.len());
    }
    Ok(())
}
