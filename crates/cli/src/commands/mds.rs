//! `neuroloom mds`.

use neuroloom_core::files;
use neuroloom_mds::{DesignFormat, encoder_to_safetensors, write_design};
use neuroloom_table::parquet;
use serde_json::json;

use crate::args::{DesignFile, MdsCommand};
use crate::failure::Failure;

pub fn mds(command: &MdsCommand, json: bool) -> Result<(), Failure> {
    match command {
        MdsCommand::Design { stimuli, formats, out } => {
            let formats: Vec<DesignFormat> = formats.iter().map(|format| of(*format)).collect();
            let written = write_design(&parquet::read(stimuli)?, out, &formats)?;
            if json {
                println!("{}", json!({ "to": out, "files": written }));
            } else {
                println!("{}: {} files and stimuli.json", out.display(), written.len());
            }
        }
        MdsCommand::Encoder { encoder, out } => {
            let bytes = encoder_to_safetensors(&parquet::read(encoder)?)?;
            files::write_bytes(out, &bytes)?;
            if json {
                println!("{}", json!({ "to": out, "bytes": bytes.len() }));
            } else {
                println!("{}: {} bytes", out.display(), bytes.len());
            }
        }
    }
    Ok(())
}

fn of(format: DesignFile) -> DesignFormat {
    match format {
        DesignFile::Npy => DesignFormat::Npy,
        DesignFile::Png => DesignFormat::Png,
    }
}
