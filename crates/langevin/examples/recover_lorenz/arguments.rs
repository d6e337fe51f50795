//! What is asked for on the command line.

use std::error::Error;
use std::path::PathBuf;

use neuroloom_core::{StepParams, files};
use neuroloom_io::nlb::Params as FileParams;
use neuroloom_langevin::TrainParams;
use neuroloom_simulate::lorenz::LorenzParams;

/// The settings of the study, at the benchmark's size.
const STUDY: &str = include_str!("study.json");

pub struct Arguments {
    pub seeds: Vec<u64>,
    pub compare: bool,
    pub train: TrainParams,
    pub lorenz: LorenzParams,
    pub file: Option<FileParams>,
    /// Where the trials of the last seed go.
    pub save: Option<PathBuf>,
}

impl Arguments {
    pub fn read() -> Result<Self, Box<dyn Error>> {
        let mut found = Self {
            seeds: vec![1],
            compare: false,
            train: serde_json::from_str(STUDY)?,
            lorenz: LorenzParams::default(),
            file: None,
            save: None,
        };
        let (mut path, mut bin_s) = (None, None);
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--seeds" => {
                    found.seeds = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--compare" => found.compare = true,
                "--train" => found.train = settings(&value()?)?,
                "--lorenz" => found.lorenz = settings(&value()?)?,
                "--save" => found.save = Some(value()?.into()),
                "--file" => path = Some(value()?),
                "--bin-s" => bin_s = Some(value()?.parse::<f64>()?),
                other => return Err(format!("no such option: {other}").into()),
            }
        }
        if let Some(path) = path {
            let words = serde_json::json!({ "path": path, "bin_s": bin_s });
            found.file = Some(serde_json::from_value(words)?);
        }
        Ok(found)
    }
}

fn settings<P: StepParams>(path: &str) -> Result<P, Box<dyn Error>> {
    Ok(serde_json::from_str(&files::read_text(path.as_ref())?)?)
}
