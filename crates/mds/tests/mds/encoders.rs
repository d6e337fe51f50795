//! The simulated cells as an encoder: what they respond, and its derivative.

use neuroloom_mds::{Encoder, Output, Readout, Real};
use neuroloom_simulate::retina::CALCIUM_TAU_FRAMES;

use crate::support::{FRAMES, all_types, encoder, stimulus};

#[test]
fn responses_are_those_of_the_simulation() {
    // Directions of the filters below 3e-8 of the largest are left out.
    let (retina, movie) = all_types();
    let clip = movie.slice(ndarray::s![..FRAMES, ..]).to_owned();
    let (rates, calcium) = (retina.rates(clip.view(), true), retina.calcium(clip.view(), true));
    for (output, traces) in [(Output::Rate, rates), (Output::Calcium, calcium)] {
        let encoder = encoder::<f64>(&retina, output);
        let found = encoder.respond_all(&[stimulus(&movie, 0)]);
        for (unit, trace) in traces.iter().enumerate() {
            let mean = trace[FRAMES - 10..].iter().sum::<f64>() / 10.0;
            let expected = mean / retina.cells[unit].recording_sd;
            let name = retina.cells[unit].cell_type.name();
            assert!(
                (found[0][unit] - expected).abs() < 1e-5 * expected.abs().max(1.0),
                "{name}: {} {expected}",
                found[0][unit]
            );
        }
    }
}

#[test]
fn cells_of_a_screen_with_colour_respond_as_simulated_and_have_their_adjoint() {
    let (retina, movie) = crate::support::coloured();
    let clip = movie.slice(ndarray::s![..FRAMES, ..]).to_owned();
    let traces = retina.calcium(clip.view(), true);
    let encoder = encoder::<f64>(&retina, Output::Calcium);
    // [channel][frame][pixel] of [frame][channel * pixel].
    let stimulus: Vec<f64> = [0, 288]
        .into_iter()
        .flat_map(|from| clip.slice(ndarray::s![.., from..from + 288]).iter().copied().collect::<Vec<_>>())
        .collect();
    let found = encoder.respond_all(std::slice::from_ref(&stimulus));
    for (unit, trace) in traces.iter().enumerate() {
        let expected = trace[FRAMES - 10..].iter().sum::<f64>() / 10.0 / retina.cells[unit].recording_sd;
        assert!((found[0][unit] - expected).abs() < 1e-5 * expected.abs().max(1.0), "{unit}");
    }
    let n = encoder.n_units();
    let cotangent: Vec<f64> = (0..n).map(|k| ((7 * k + 3) % 11) as f64 / 5.0 - 1.0).collect();
    let (mut tape, mut responses) = (encoder.tape(), vec![0.0; n]);
    encoder.respond(&stimulus, &mut tape, &mut responses);
    let mut gradient = vec![0.0; stimulus.len()];
    encoder.vjp(&cotangent, &mut tape, &mut gradient);
    let mut along = |stimulus: &[f64]| -> f64 {
        encoder.respond(stimulus, &mut tape, &mut responses);
        responses.iter().zip(&cotangent).map(|(a, b)| a * b).sum()
    };
    let scale = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
    for place in (0..stimulus.len()).step_by(811) {
        let (mut above, mut below) = (stimulus.clone(), stimulus.clone());
        above[place] += 1e-5;
        below[place] -= 1e-5;
        let slope = (along(&above) - along(&below)) / 2e-5;
        assert!((slope - gradient[place]).abs() < 1e-6 * scale, "{place}: {slope} {}", gradient[place]);
    }
}

#[test]
fn single_precision_is_near_double_precision() {
    let (retina, movie) = all_types();
    let wide = encoder::<f64>(&retina, Output::Calcium).respond_all(&[stimulus(&movie, 30)]);
    let narrow = encoder::<f32>(&retina, Output::Calcium).respond_all(&[stimulus(&movie, 30)]);
    for (a, b) in wide[0].iter().zip(&narrow[0]) {
        assert!((a - f64::from(*b)).abs() < 2e-5 * a.abs().max(1.0), "{a} {b}");
    }
}

#[test]
fn the_adjoint_is_the_derivative_by_central_differences() {
    let (retina, movie) = all_types();
    for output in [Output::Rate, Output::Calcium] {
        let encoder = encoder::<f64>(&retina, output);
        let n = encoder.n_units();
        let cotangent: Vec<f64> = (0..n).map(|k| ((7 * k + 3) % 11) as f64 / 5.0 - 1.0).collect();
        let base: Vec<f64> = stimulus(&movie, 60);
        let (mut tape, mut responses) = (encoder.tape(), vec![0.0; n]);
        encoder.respond(&base, &mut tape, &mut responses);
        let mut gradient = vec![0.0; base.len()];
        encoder.vjp(&cotangent, &mut tape, &mut gradient);
        let mut along = |stimulus: &[f64]| -> f64 {
            encoder.respond(stimulus, &mut tape, &mut responses);
            responses.iter().zip(&cotangent).map(|(a, b)| a * b).sum()
        };
        let scale = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
        for place in (0..base.len()).step_by(617) {
            let step = 1e-5;
            let (mut above, mut below) = (base.clone(), base.clone());
            above[place] += step;
            below[place] -= step;
            let slope = (along(&above) - along(&below)) / (2.0 * step);
            assert!((slope - gradient[place]).abs() < 1e-6 * scale, "{place}: {slope} {}", gradient[place]);
        }
    }
}

#[test]
fn chosen_cells_respond_as_among_all() {
    let (retina, movie) = all_types();
    let all = encoder::<f64>(&retina, Output::Calcium);
    let chosen: Vec<usize> = (0..24).filter(|k| k % 3 != 1).rev().collect();
    let few = all.select(&chosen);
    let stimuli = [stimulus(&movie, 0), stimulus(&movie, 90)];
    let (whole, part) = (all.respond_all(&stimuli), few.respond_all(&stimuli));
    for (whole, part) in whole.iter().zip(&part) {
        for (value, &unit) in part.iter().zip(&chosen) {
            assert!((value - whole[unit]).abs() < 1e-12 * value.abs().max(1.0));
        }
    }
    assert_eq!(all.select(&[500]).n_units(), 0);
}

#[test]
fn only_the_frames_that_are_named_matter() {
    let (retina, movie) =
        crate::support::retina(&[(neuroloom_simulate::retina::CellType::OnTransientSmall, 3)]);
    let encoder =
        neuroloom_mds::TrueCells::<f64>::new(&retina.cells, retina.grid, 60, 10, Output::Rate).unwrap();
    assert_eq!(encoder.frames(), 27..60);
    let mut stimulus: Vec<f64> = movie.slice(ndarray::s![..60, ..]).iter().copied().collect();
    let before = encoder.respond_all(std::slice::from_ref(&stimulus));
    stimulus[..27 * 288].fill(5.0);
    assert_eq!(before, encoder.respond_all(&[stimulus]));
    assert!(neuroloom_mds::TrueCells::<f64>::new(&retina.cells, retina.grid, 60, 61, Output::Rate).is_err());
}

#[test]
fn weights_of_frames_are_a_low_pass_and_a_mean() {
    let weights = Readout::low_pass(40, 10, CALCIUM_TAU_FRAMES).weights;
    let keep = (-1.0 / CALCIUM_TAU_FRAMES).exp();
    let rate: Vec<f64> = (0..40).map(|t| f64::from(t * t % 17)).collect();
    let (mut state, mut mean) = (0.0, 0.0);
    for (t, rate) in rate.iter().enumerate() {
        state = keep * state + (1.0 - keep) * rate;
        mean += if t >= 30 { state / 10.0 } else { 0.0 };
    }
    let weighted: f64 = weights.iter().zip(&rate).map(|(a, b)| a * b).sum();
    assert!((weighted - mean).abs() < 1e-12);
    assert_eq!(Readout::rate(40, 10).first_frame(), 30);
}

#[test]
fn polynomials_are_those_of_the_exact_functions() {
    for k in -4000..=4000 {
        let x = k as f32 / 40.0;
        let ((value, slope), (exact, exact_slope)) = (x.softplus(), f64::from(x).softplus());
        if x > -80.0 {
            assert!((f64::from(value) - exact).abs() <= 1e-6 * exact, "{x}: {value} {exact}");
            assert!((f64::from(slope) - exact_slope).abs() <= 1e-6 * exact_slope, "{x}");
        } else {
            assert!(value < 1e-34 && slope < 1e-34);
        }
    }
}
