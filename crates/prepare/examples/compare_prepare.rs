//! One kernel on one array of numbers: the side of `benches/peers/compare_prepare.py`.
//!
//!     compare_prepare KERNEL INPUT OUTPUT REPEATS [NUMBER ...]
//!
//! INPUT and OUTPUT hold 64-bit floats, little-endian. The kernel runs REPEATS times, so that its CPU time is the difference
//! of two calls, without process start, reading and writing.

use std::error::Error;
use std::path::Path;

use neuroloom_core::files::{read_bytes, write_bytes};
use neuroloom_prepare::align::SpikeTrial;
use neuroloom_prepare::binning::count_spikes;
use neuroloom_prepare::deconvolve::{
    Baseline, Kinetics, Order, estimate_kinetics, fit_to_noise, fit_with_penalty, spectral_noise,
};
use neuroloom_prepare::detrend::fit_polynomial;
use neuroloom_prepare::dff::{centred_windows, running_percentile};
use neuroloom_prepare::filter::presence_ratio;
use neuroloom_prepare::resample::{Grid, interpolate_linearly, resample_bandlimited};
use neuroloom_prepare::zscore::{mean_and_deviation, median_and_deviation};
use neuroloom_prepare::{Span, SpikeTrain, Support, UniformBins};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kernel, input, output, repeats, numbers @ ..] = arguments.as_slice() else {
        return Err("usage: compare_prepare KERNEL INPUT OUTPUT REPEATS [NUMBER ...]".into());
    };
    let numbers = numbers.iter().map(|number| number.parse()).collect::<Result<Vec<f64>, _>>()?;
    let bytes = read_bytes(Path::new(input))?;
    let values: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    let mut result = Vec::new();
    for _ in 0..repeats.parse::<usize>()? {
        result = run(kernel, &values, &numbers)?;
    }
    let bytes: Vec<u8> = result.iter().flat_map(|value| value.to_le_bytes()).collect();
    Ok(write_bytes(Path::new(output), &bytes)?)
}

fn run(kernel: &str, values: &[f64], numbers: &[f64]) -> Result<Vec<f64>, Box<dyn Error>> {
    let number = |place: usize| numbers.get(place).copied().ok_or("too few numbers");
    let kinetics = || Ok::<_, Box<dyn Error>>(Kinetics::new(number(0)?, number(1)?));
    let grid =
        |from_hz: f64, to_hz: f64| Grid::inside(0.0, (values.len() - 1) as f64 / from_hz, 0.0, 1.0 / to_hz);
    Ok(match kernel {
        "percentile" => {
            let windows = centred_windows(values.len(), number(0)? as usize);
            running_percentile(values, &windows, number(1)?)
        }
        "penalty" => fit_with_penalty(values, kinetics()?, number(2)?, Baseline::Fixed(0.0)).calcium,
        "noise" => {
            let fit = fit_to_noise(values, kinetics()?, number(2)?, Baseline::Free);
            fit.calcium.into_iter().chain([fit.baseline, fit.lambda]).collect()
        }
        "estimate" => {
            let sigma = spectral_noise(values).unwrap_or(f64::NAN);
            let found = estimate_kinetics(values, sigma, Order::First);
            vec![sigma, found.map_or(f64::NAN, |kinetics| kinetics.decay())]
        }
        "linear" => {
            let (from_hz, to_hz) = (number(0)?, number(1)?);
            let times: Vec<f64> = (0..values.len()).map(|i| i as f64 / from_hz).collect();
            interpolate_linearly(&times, values, &grid(from_hz, to_hz)?, f64::INFINITY)
        }
        "fir" => {
            let (from_hz, to_hz) = (number(0)?, number(1)?);
            resample_bandlimited(values, 0.0, 1.0 / from_hz, &grid(from_hz, to_hz)?)
        }
        "zscore" => {
            let scale = mean_and_deviation(values);
            values.iter().map(|x| scale.apply(*x)).collect()
        }
        "robust" => {
            let scale = median_and_deviation(values);
            values.iter().map(|x| scale.apply(*x)).collect()
        }
        "detrend" => {
            let times: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
            let trend = fit_polynomial(&times, values, number(0)? as usize).ok_or("too few samples")?;
            values.iter().zip(trend).map(|(x, trend)| x - trend).collect()
        }
        "count" => {
            let bins = UniformBins::new(0.0, number(0)?, number(1)? as usize)?;
            count_spikes(values, &bins).into_iter().map(|count| count as f64).collect()
        }
        "presence" => {
            let observed = Support::new([Span::new(0.0, number(1)?)]);
            vec![presence_ratio(values, &observed, number(0)?)]
        }
        "align" => aligned(values, Span::new(-number(0)?, number(1)?), number(2)?, number(3)? as usize),
        _ => return Err(format!("no kernel {kernel:?}").into()),
    })
}

/// Spike times from events every `every_s` seconds, one event after the other.
fn aligned(spikes: &[f64], window: Span, every_s: f64, n_events: usize) -> Vec<f64> {
    let train =
        SpikeTrain { recording_id: "", unit_id: "", region: None, times_s: spikes.into(), observed: None };
    let events = (1..=n_events).map(|event| event as f64 * every_s);
    events
        .filter_map(|event_s| SpikeTrial::around(&train, event_s, window))
        .flat_map(|trial| trial.times_s)
        .collect()
}
