//! Stimuli in a folder, and a description of them.

use std::path::Path;

use neuroloom_core::{Error, Result, Table, files};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{level, npy_bytes, png_bytes};
use crate::steps::stimuli::{TableStimulus, read_stimuli};

/// How stimuli are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DesignFormat {
    /// `STIMULUS.npy`: values [channel, frame, row, column], 32-bit floats.
    Npy,
    /// `STIMULUS_cCHANNEL_fFRAME.png`: display levels of 8 bits, a grey picture per channel and frame.
    Png,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrittenFile {
    /// Its name in the folder.
    pub name: String,
    /// Its bytes.
    pub bytes: usize,
    /// Its digest.
    pub blake3: String,
}

/// The file that says what the others are. It is written last: where it is, all are whole.
const ABOUT: &str = "stimuli.json";

/// Writes the stimuli of a table of kind `stimuli` into `folder`, and `stimuli.json` beside them: sizes, frame rate, side
/// of a pixel, how values become display levels, and the digest of every file. Every file is whole or not there.
///
/// # Errors
/// When the table holds no stimuli, a name cannot be that of a file, a picture is asked for and display levels are not
/// known, or the operating system refuses.
pub fn write_design(table: &Table, folder: &Path, formats: &[DesignFormat]) -> Result<Vec<WrittenFile>> {
    let stimuli = read_stimuli(table)?;
    for stimulus in &stimuli {
        check_name(&stimulus.id)?;
        if formats.contains(&DesignFormat::Png) {
            display(stimulus)?;
        }
    }
    files::create_folders(folder)?;
    let about = folder.join(ABOUT);
    files::remove_file(&about)?;
    let mut written = Written { folder, files: Vec::new() };
    for stimulus in &stimuli {
        for format in formats {
            match format {
                DesignFormat::Npy => written.npy(stimulus)?,
                DesignFormat::Png => written.png(stimulus)?,
            }
        }
    }
    let described: Vec<_> = stimuli.iter().map(described).collect();
    let text = json!({ "stimuli": described, "files": written.files });
    let text = serde_json::to_vec_pretty(&text).map_err(|e| Error::internal(format!("{ABOUT}: {e}")))?;
    files::write_bytes(&about, &text)?;
    Ok(written.files)
}

fn described(stimulus: &TableStimulus) -> serde_json::Value {
    let shape = stimulus.shape;
    json!({
        "stimulus": stimulus.id,
        "cluster": stimulus.cluster,
        "channels": shape.channels,
        "frames": shape.frames,
        "height_px": shape.height,
        "width_px": shape.width,
        "frame_rate_hz": 1.0 / stimulus.dt_s,
        "pixel_um": stimulus.pixel_um,
        "unit": "1",
        "display_level": stimulus.display.map(|(offset, scale)| json!({ "of_0": offset, "per_1": scale })),
    })
}

/// Names of stimuli become names of files.
fn check_name(id: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !id.is_empty() && !id.starts_with('.') && id.chars().all(plain) {
        return Ok(());
    }
    Err(Error::data("the name of a stimulus cannot be that of a file")
        .expected("letters, digits, `_`, `-` and `.`, the first not a point")
        .found(format!("{id:?}")))
}

fn display(stimulus: &TableStimulus) -> Result<(f64, f64)> {
    stimulus.display.ok_or_else(|| {
        Error::data("a stimulus does not say how its values become display levels")
            .at_object(format!("stimuli: {}", stimulus.id))
            .expected("display_offset and display_scale")
            .hint("write `npy`, or connect `stimuli` to the step that made them")
    })
}

struct Written<'a> {
    folder: &'a Path,
    files: Vec<WrittenFile>,
}

impl Written<'_> {
    fn npy(&mut self, stimulus: &TableStimulus) -> Result<()> {
        let shape = stimulus.shape;
        let values: Vec<f32> = stimulus.values.iter().map(|&value| value as f32).collect();
        let sizes = [shape.channels, shape.frames, shape.height, shape.width];
        self.write(format!("{}.npy", stimulus.id), &npy_bytes(&sizes, &values)?)
    }

    fn png(&mut self, stimulus: &TableStimulus) -> Result<()> {
        let (offset, scale) = display(stimulus)?;
        let shape = stimulus.shape;
        for (k, frame) in stimulus.values.chunks_exact(shape.n_pixels()).enumerate() {
            let levels: Vec<u8> = frame.iter().map(|&value| level(value, offset, scale)).collect();
            let name = format!("{}_c{}_f{:04}.png", stimulus.id, k / shape.frames, k % shape.frames);
            self.write(name, &png_bytes(shape.width, shape.height, &levels)?)?;
        }
        Ok(())
    }

    fn write(&mut self, name: String, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(&name);
        files::write_bytes(&path, bytes)?;
        let blake3 = files::digest(&path)?.to_string();
        self.files.push(WrittenFile { name, bytes: bytes.len(), blake3 });
        Ok(())
    }
}
