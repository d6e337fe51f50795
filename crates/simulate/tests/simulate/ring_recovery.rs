//! What was put in comes out: the heading from the spikes, preferred directions, a ring from the geometry.

use neuroloom_core::{CancelToken, Table};
use neuroloom_prepare::tuning::{BehaviourParams, Geometry, TuningParams, TuningStep};
use neuroloom_simulate::difference_rad;
use neuroloom_simulate::ring::{Ring, RingAttractorStep, RingParams, Simulation};
use neuroloom_table::Columns;

use crate::support::{bytes_on, context, mean, run, table};

fn simulated(params: &RingParams) -> (Ring, Simulation) {
    let ring = Ring::new(params);
    let mut simulation = Simulation::new(params, &ring, context(7, &CancelToken::default()).seed());
    simulation.advance(params, &ring, params.n_steps());
    (ring, simulation)
}

fn compass_error(simulation: &Simulation) -> f64 {
    let samples = simulation.samples();
    let pairs = samples.bump_rad.iter().zip(&samples.heading_rad);
    mean(pairs.map(|(&a, &b)| difference_rad(f64::from(a), f64::from(b)).powi(2))).sqrt()
}

/// Direction of the population vector of the spikes around `time_s`; none without spikes.
fn decoded(units: &[(f64, Vec<f64>)], time_s: f64, half_window_s: f64) -> Option<f64> {
    let count = |times: &[f64]| {
        let before = |t: f64| times.partition_point(|&spike| spike < t);
        (before(time_s + half_window_s) - before(time_s - half_window_s)) as f64
    };
    let sum = |part: fn(f64) -> f64| {
        units.iter().map(|(preferred, times)| count(times) * part(*preferred)).sum::<f64>()
    };
    let [x, y] = [sum(f64::cos), sum(f64::sin)];
    (x != 0.0 || y != 0.0).then(|| y.atan2(x))
}

#[test]
fn the_population_vector_follows_the_true_heading() {
    let params = RingParams { duration_s: 120.0, baseline_rate_hz: 0.0, ..RingParams::default() };
    let (ring, simulation) = simulated(&params);
    let units: Vec<(f64, Vec<f64>)> =
        simulation.units(&ring).map(|(preferred, train)| (preferred, train.times_s().collect())).collect();
    let samples = simulation.samples().heading_rad.iter().enumerate().skip(10).step_by(10);
    let errors: Vec<f64> = samples
        .filter_map(|(k, &heading)| {
            Some(difference_rad(decoded(&units, k as f64 * 0.02, 0.1)?, f64::from(heading)).abs())
        })
        .collect();
    assert!(errors.len() > 500);
    assert!(mean(errors.iter().copied()) < 0.15, "mean error {} rad", mean(errors.iter().copied()));
}

#[test]
fn without_landmarks_the_compass_loses_its_bearings() {
    let error = |landmark: f64| {
        compass_error(
            &simulated(&RingParams { landmark, noise_hz: 8.0, duration_s: 300.0, ..RingParams::default() }).1,
        )
    };
    let (anchored, lost) = (error(0.1), error(0.0));
    assert!(anchored < 0.15, "{anchored} rad with landmarks");
    assert!(lost > 3.0 * anchored, "{lost} rad without, {anchored} rad with landmarks");
}

#[test]
fn spikes_come_at_the_rate_of_the_bump() {
    let params = RingParams {
        noise_hz: 0.0,
        turn_sd_rad_per_s: 0.0,
        duration_s: 400.0,
        n_units: 8,
        ..RingParams::default()
    };
    let (ring, simulation) = simulated(&params);
    let bump = ring.bump(0.0);
    for (unit, (_, train)) in simulation.units(&ring).enumerate() {
        let expected = 400.0 * (bump[unit * 16].max(0.0) + 1.0);
        let found = train.len() as f64;
        assert!(
            (found - expected).abs() < 5.0 * expected.sqrt(),
            "unit {unit}: {found} spikes, expected {expected}"
        );
    }
}

#[test]
fn recording_more_cells_changes_no_spike_of_the_others() {
    let of = |n_units: usize| {
        let (ring, simulation) =
            simulated(&RingParams { n_units, duration_s: 20.0, ..RingParams::default() });
        simulation.units(&ring).map(|(preferred, train)| (preferred, train.clone())).collect::<Vec<_>>()
    };
    let (few, many) = (of(8), of(16));
    assert_eq!(few, many.into_iter().step_by(2).collect::<Vec<_>>());
}

fn responses(params: &RingParams, n_bins: usize, folds: usize) -> Table {
    let [spikes, behaviour] = ["spikes", "behaviour"].map(|port| table(&RingAttractorStep, params, port));
    let variable = BehaviourParams::new("heading", Geometry::Circular, n_bins);
    let tuning =
        TuningParams { folds, fold_block_s: (folds > 1).then_some(5.0), ..TuningParams::behaviour(variable) };
    run(&TuningStep, &tuning, &[("spikes", &spikes), ("behaviour", &behaviour)])
        .unwrap()
        .tables
        .remove("responses")
        .unwrap()
}

#[test]
fn tuning_curves_peak_at_the_preferred_directions() {
    let params = RingParams { duration_s: 600.0, n_units: 16, ..RingParams::default() };
    let responses = responses(&params, 36, 1);
    let (units, rates) = (responses.text("unit_id").unwrap(), responses.numbers("response").unwrap());
    let angles = responses.numbers("condition_value").unwrap();
    for unit in 0..16 {
        let rows =
            (0..responses.n_rows()).filter(|&row| units.get(row) == Some(format!("{unit:02}").as_str()));
        let curve: Vec<(f64, f64)> =
            rows.map(|row| (angles.get(row).unwrap(), rates.get(row).unwrap())).collect();
        assert_eq!(curve.len(), 36);
        let sum = |part: fn(f64) -> f64| curve.iter().map(|(angle, rate)| rate * part(*angle)).sum::<f64>();
        let found = sum(f64::sin).atan2(sum(f64::cos));
        let preferred = f64::from(unit) * std::f64::consts::TAU / 16.0;
        assert!(
            difference_rad(found, preferred).abs() < 0.12,
            "unit {unit} prefers {found}, was made for {preferred}"
        );
    }
}

#[test]
fn the_geometry_of_the_population_is_a_ring() {
    use neuroloom_trsa::compare::{Measure, compare};
    use neuroloom_trsa::{Rdm, estimators, models, noise::Precision};

    let responses = responses(&RingParams { duration_s: 300.0, ..RingParams::default() }, 18, 2);
    let rates = responses.numbers("response").unwrap();
    // Sorted by unit, fold and value.
    let patterns = ndarray::Array3::from_shape_fn((2, 18, 32), |(fold, angle, unit)| {
        rates.get((unit * 2 + fold) * 18 + angle).unwrap()
    });
    let angles: Vec<f64> = (0..18).map(|k| (f64::from(k) + 0.5) * std::f64::consts::TAU / 18.0).collect();
    let labels: Vec<String> = angles.iter().map(ToString::to_string).collect();
    let rdm = |name: &str, values: Vec<f64>| Rdm::new(name, labels.clone(), values).unwrap();
    let cells = [rdm("cells", estimators::crossnobis(patterns.view(), &Precision::identity()).unwrap())];
    let hypotheses = [
        rdm("ring", models::ring(&angles, std::f64::consts::TAU).unwrap()),
        rdm("line", models::line(&angles).unwrap()),
    ];
    let similarity = compare(&cells, &hypotheses, Measure::Corr).unwrap();
    let [ring, line] = [similarity[[0, 0]], similarity[[0, 1]]];
    assert!(ring > 0.8 && line < ring - 0.3, "corr with a ring {ring}, with a line {line}");
}

#[test]
fn threads_change_no_byte() {
    let params = RingParams { duration_s: 15.0, ..RingParams::default() };
    assert!(bytes_on(1, &RingAttractorStep, &params) == bytes_on(2, &RingAttractorStep, &params));
}

#[test]
fn a_recording_says_what_it_is() {
    let params = RingParams { duration_s: 2.5, n_units: 12, sample_dt_s: 0.04, ..RingParams::default() };
    let spikes = table(&RingAttractorStep, &params, "spikes");
    assert_eq!(spikes.text("unit_id").unwrap().get(11), Some("11"));
    let preferred = spikes.numbers("preferred_rad").unwrap();
    assert!((1..12).all(|unit| preferred.get(unit) > preferred.get(unit - 1)));
    let behaviour = table(&RingAttractorStep, &params, "behaviour");
    let signals: Vec<_> =
        (0..2).map(|row| behaviour.text("signal").unwrap().get(row).unwrap().to_owned()).collect();
    assert_eq!(signals, ["bump", "heading"]);
    let heading = behaviour.lists("value").unwrap().get(1).unwrap().into_owned();
    assert_eq!((heading.len(), heading[0]), (63, 0.0), "the sample at 2.48 s is the last one");
    assert_eq!(
        table(&RingAttractorStep, &params, "recordings").numbers("duration_s").unwrap().get(0),
        Some(2.5)
    );
}
