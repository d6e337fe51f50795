//! Times the scores of the benchmark on arrays of 32-bit floats: bits per spike, and velocity decoding.
//!
//! `time_nlb FOLDER`, where the folder has `shapes.txt` (trials of training and evaluation, bins, units, channels) and raw files;
//! `benches/peers/compare_nlb.py` writes them. Prints seconds and score of each.

use std::path::Path;
use std::time::Instant;

use ndarray::{Array2, Array3};
use neuroloom_core::{Error, Result, files};
use neuroloom_nlb::metrics::{Samples, bits_per_spike, decode};

fn cube(folder: &Path, name: &str, shape: (usize, usize, usize)) -> Result<Array3<f64>> {
    let bytes = files::read_bytes(&folder.join(name))?;
    let values = bytes.as_chunks::<4>().0.iter().map(|word| f64::from(f32::from_le_bytes(*word))).collect();
    Array3::from_shape_vec(shape, values).map_err(|e| Error::data(e.to_string()).at_file(name))
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| Error::params("name the folder with the arrays"))?;
    let folder = Path::new(&folder);
    let text = files::read_text(&folder.join("shapes.txt"))?;
    let sizes: Vec<usize> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [train, evaluated, bins, units, channels] = sizes[..] else {
        return Err(Error::data("shapes.txt needs five numbers"));
    };
    let train_rates = cube(folder, "train_rates", (train, bins, units))?;
    let train_behaviour = cube(folder, "train_behaviour", (train, bins, channels))?;
    let rates = cube(folder, "eval_rates", (evaluated, bins, units))?;
    let behaviour = cube(folder, "eval_behaviour", (evaluated, bins, channels))?;
    let spikes = cube(folder, "eval_spikes", (evaluated, bins, units))?;
    let ones = |n: usize| Array2::from_elem((n, 1), true);
    let start = Instant::now();
    let bits = bits_per_spike(rates.view(), spikes.view())?;
    println!("bits_per_spike {} {}", start.elapsed().as_secs_f64(), bits.value.unwrap_or(f64::NAN));
    let start = Instant::now();
    let decoded = decode(
        Samples { rates: train_rates.view(), behaviour: train_behaviour.view(), masks: ones(train).view() },
        Samples { rates: rates.view(), behaviour: behaviour.view(), masks: ones(evaluated).view() },
    )?;
    println!("velocity_r2 {} {}", start.elapsed().as_secs_f64(), decoded.r2);
    Ok(())
}
