//! `mds.design`

use std::path::Path;
use std::sync::Arc;

use arrow_array::{Int64Array, StringArray};
use neuroloom_core::{
    DataPath, Description, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources,
    Result, RunContext, Step, StepOutput, StepParams, StepPlan, Summary, files,
};
use neuroloom_table::{TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stimuli::{TableStimulus, read_stimuli};
use crate::design::{level, npy_bytes, png_bytes};

/// How stimuli are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesignFormat {
    /// `STIMULUS.npy`: values [channel, frame, row, column], 32-bit floats.
    Npy,
    /// `STIMULUS_cCHANNEL_fFRAME.png`: display levels of 8 bits, a grey picture per channel and frame.
    Png,
}

/// Parameters of `mds.design`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesignParams {
    /// The folder that the files are written to.
    pub path: DataPath,
    /// How.
    pub formats: Vec<DesignFormat>,
}

impl StepParams for DesignParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a folder");
        issues.require_any(Some(&self.formats), "formats", "format");
    }
}

/// The step `mds.design`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DesignStep;

impl Step for DesignStep {
    type Params = DesignParams;
    const ID: &'static str = "mds.design";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Stimuli as files for the rig",
            about: "Writes every stimulus as an array of NumPy, as numbered PNG frames, or both, with a text file that says \
                    what the files are: sizes, frame rate, side of a pixel, and how values become display levels. The table \
                    has the digest of every file.",
            reference: None,
            inputs: vec![PortSpec::required("mds_stimuli", kinds::STIMULI, "The stimuli")],
            outputs: vec![PortSpec::required("files", kinds::TABLE, "Name, size and digest of every file")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &DesignParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(Resources::memory(256 << 20)).output("files", kinds::TABLE, []))
    }

    fn run(&self, ctx: &RunContext, params: &DesignParams, inputs: &Inputs) -> Result<StepOutput> {
        let stimuli = read_stimuli(inputs.required("mds_stimuli")?)?;
        let mut folder = Folder { path: &params.path.resolve(ctx.base()), written: Vec::new() };
        files::create_folders(folder.path)?;
        for stimulus in &stimuli {
            ctx.check_cancelled()?;
            check_name(&stimulus.id)?;
            for format in &params.formats {
                match format {
                    DesignFormat::Npy => folder.npy(stimulus)?,
                    DesignFormat::Png => folder.png(stimulus)?,
                }
            }
        }
        let about: String = stimuli.iter().map(described).collect();
        folder.write("stimuli.tsv", format!("{HEADER}{about}").as_bytes())?;
        let summary = Summary::default().count("stimuli", stimuli.len()).count("files", folder.written.len());
        let (names, rest): (Vec<String>, Vec<(i64, String)>) =
            folder.written.into_iter().map(|(name, bytes, digest)| (name, (bytes, digest))).unzip();
        let table = TableBuilder::new(kinds::TABLE)
            .extra("file", None, Arc::new(StringArray::from(names)))
            .extra("bytes", None, Arc::new(rest.iter().map(|row| Some(row.0)).collect::<Int64Array>()))
            .extra("digest", None, Arc::new(rest.iter().map(|row| Some(&row.1)).collect::<StringArray>()))
            .finish()?;
        Ok(StepOutput::new(summary).table("files", table))
    }
}

const HEADER: &str = "stimulus\tcluster\tchannels\tframes\theight_px\twidth_px\tframe_rate_hz\tpixel_um\tdisplay_offset\tdisplay_scale\n";

fn described(stimulus: &TableStimulus) -> String {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let shape = stimulus.shape;
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
        stimulus.id,
        stimulus.cluster.map_or_else(String::new, |cluster| cluster.to_string()),
        shape.channels,
        shape.frames,
        shape.height,
        shape.width,
        1.0 / stimulus.dt_s,
        number(stimulus.pixel_um),
        number(stimulus.display.map(|display| display.0)),
        number(stimulus.display.map(|display| display.1)),
    )
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

struct Folder<'a> {
    path: &'a Path,
    written: Vec<(String, i64, String)>,
}

impl Folder<'_> {
    fn npy(&mut self, stimulus: &TableStimulus) -> Result<()> {
        let shape = stimulus.shape;
        let values: Vec<f32> = stimulus.values.iter().map(|&value| value as f32).collect();
        let sizes = [shape.channels, shape.frames, shape.height, shape.width];
        self.write(&format!("{}.npy", stimulus.id), &npy_bytes(&sizes, &values)?)
    }

    fn png(&mut self, stimulus: &TableStimulus) -> Result<()> {
        let (offset, scale) = stimulus.display.ok_or_else(|| {
            Error::data("a stimulus does not say how its values become display levels")
                .at_object(format!("stimuli: {}", stimulus.id))
                .expected("display_offset and display_scale")
                .hint("write `npy`, or connect `stimuli` to the step that made them")
        })?;
        let shape = stimulus.shape;
        for (k, frame) in stimulus.values.chunks_exact(shape.n_pixels()).enumerate() {
            let levels: Vec<u8> = frame.iter().map(|&value| level(value, offset, scale)).collect();
            let name = format!("{}_c{}_f{:04}.png", stimulus.id, k / shape.frames, k % shape.frames);
            self.write(&name, &png_bytes(shape.width, shape.height, &levels)?)?;
        }
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        files::write_bytes(&path, bytes)?;
        self.written.push((name.to_owned(), bytes.len() as i64, files::digest(&path)?.to_string()));
        Ok(())
    }
}
