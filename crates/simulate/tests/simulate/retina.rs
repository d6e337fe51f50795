//! The retina against its formulas, written out slowly, and the types against what they are said to do.

use std::f64::consts::{PI, TAU};

use ndarray::{Array2, s};
use neuroloom_core::Seed;
use neuroloom_simulate::retina::{
    Cell, CellType, Grid, Mechanism, Noise, Retina, RetinaParams, RetinaResponsesParams, RetinaResponsesStep,
    RetinaStep, bar, chirp, read_cells, stimuli, training_movie,
};
use neuroloom_table::Columns;
use serde_json::json;

use crate::support::{bytes_on, issues, run};

/// All twelve types, two cells each.
fn pairs() -> RetinaParams {
    let cells = CellType::COUNTS.map(|(kind, _)| (kind, 2)).into();
    RetinaParams { cells, train_clips: 3, test_clips: 1, test_repeats: 2, ..RetinaParams::default() }
}

fn retina(params: &RetinaParams, seed: u64) -> (Retina, Array2<f64>) {
    let movie = training_movie(params, Seed::root(seed));
    (Retina::new(params, movie.view(), Seed::root(seed)), movie)
}

/// The rate of a cell as its definition says, sum by sum.
fn slow_rate(cell: &Cell, movie: &Array2<f64>, height: usize, width: usize) -> Vec<f64> {
    let lobe = |t: f64, s: f64| t / s * (1.0 - t / s).exp() / s;
    let kernel = |tau: f64, biphasic: f64| {
        let k: Vec<f64> =
            (0..24).map(|t| lobe(f64::from(t), tau) - biphasic * lobe(f64::from(t), 1.8 * tau)).collect();
        let norm = k.iter().map(|v| v * v).sum::<f64>().sqrt();
        k.into_iter().map(|v| v / norm).collect::<Vec<f64>>()
    };
    let place = |pixel: usize| {
        let (y, x) = ((pixel / width) as f64, (pixel % width) as f64);
        (
            y - (height as f64 - 1.0) / 2.0 - cell.centre_y_px,
            x - (width as f64 - 1.0) / 2.0 - cell.centre_x_px,
        )
    };
    let unit = |image: Vec<f64>| {
        let norm = image.iter().map(|v| v * v).sum::<f64>().sqrt();
        image.into_iter().map(|v| v / norm).collect::<Vec<f64>>()
    };
    let filtered = |image: &[f64], taps: &[f64]| -> Vec<f64> {
        (0..movie.nrows())
            .map(|t| {
                (0..24.min(t + 1))
                    .map(|lag| {
                        let frame = movie.row(t - lag);
                        taps[lag] * frame.iter().zip(image).map(|(a, b)| a * b).sum::<f64>()
                    })
                    .sum()
            })
            .collect()
    };
    let sp = |v: f64| (1.0 + (3.0 * v).exp()).ln() / 3.0;
    let pixels = height * width;
    if cell.mechanism() == Mechanism::Motion {
        let along = |p: usize| {
            let (y, x) = place(p);
            TAU * (x * cell.direction_rad.cos() + y * cell.direction_rad.sin()) / 6.5
        };
        let env: Vec<f64> = (0..pixels)
            .map(|p| {
                let (y, x) = place(p);
                (-(x * x + y * y) / (2.0 * 1.9 * 1.9)).exp()
            })
            .collect();
        let even: Vec<f64> = (0..pixels).map(|p| env[p] * along(p).cos()).collect();
        let share = even.iter().sum::<f64>() / env.iter().sum::<f64>();
        let even = unit((0..pixels).map(|p| even[p] - share * env[p]).collect());
        let odd = unit((0..pixels).map(|p| env[p] * along(p).sin()).collect());
        let t1 = kernel(cell.tau_frames, 0.95);
        let t2 = kernel(1.75 * cell.tau_frames, 0.95);
        let shared: f64 = t1.iter().zip(&t2).map(|(a, b)| a * b).sum();
        let t2 = unit(t1.iter().zip(&t2).map(|(a, b)| b - shared * a).collect());
        let (e1, e2) = (filtered(&even, &t1), filtered(&even, &t2));
        let (o1, o2) = (filtered(&odd, &t1), filtered(&odd, &t2));
        return (0..movie.nrows())
            .map(|t| {
                let plus = ((e1[t] - o2[t]).powi(2) + (o1[t] + e2[t]).powi(2) + 1e-4).sqrt();
                let minus = ((e1[t] + o2[t]).powi(2) + (o1[t] - e2[t]).powi(2) + 1e-4).sqrt();
                cell.amplitude * sp((plus - 0.9 * minus) / cell.drive_sd - cell.threshold)
            })
            .collect();
    }
    let gaussian = |sd: f64| {
        let image: Vec<f64> = (0..pixels)
            .map(|p| {
                let (y, x) = place(p);
                (-(x * x + y * y) / (2.0 * sd * sd)).exp()
            })
            .collect();
        let total: f64 = image.iter().sum();
        image.into_iter().map(|v| v / total).collect::<Vec<f64>>()
    };
    let (centre, surround) = (gaussian(cell.centre_sd_px), gaussian(2.0 * cell.centre_sd_px));
    let image = unit((0..pixels).map(|p| centre[p] - cell.surround * surround[p]).collect());
    let g: Vec<f64> = filtered(&image, &kernel(cell.tau_frames, cell.biphasic))
        .into_iter()
        .map(|v| v / cell.drive_sd)
        .collect();
    let mut contrast = 0.0;
    let keep = (-1.0_f64 / 6.0).exp();
    g.into_iter()
        .map(|g| {
            contrast = keep * contrast + (1.0 - keep) * g * g;
            cell.amplitude
                * match cell.mechanism() {
                    Mechanism::Linear(sign) => sp(f64::from(sign) * g - cell.threshold),
                    Mechanism::OnOff => sp(g - cell.threshold) + cell.off_weight * sp(-g - cell.threshold),
                    _ => sp(1.2 - contrast.sqrt()),
                }
        })
        .collect()
}

#[test]
fn rates_are_those_of_the_formulas() {
    let params = pairs();
    let (retina, movie) = retina(&params, 1);
    let clip = movie.slice(s![..60, ..]).to_owned();
    let rates = retina.rates(clip.view(), false);
    for (cell, fast) in retina.cells.iter().zip(&rates) {
        let slow = slow_rate(cell, &clip, params.height, params.width);
        let worst = fast.iter().zip(&slow).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-10, "{}: {worst}", cell.cell_type.name());
    }
}

/// All types on a screen with colour, two cells each.
fn coloured() -> RetinaParams {
    let cells = CellType::all().map(|kind| (kind, 2)).collect();
    RetinaParams { cells, colour: true, ..pairs() }
}

#[test]
fn a_cell_sees_one_mixture_of_green_and_uv() {
    let params = coloured();
    let (retina, movie) = retina(&params, 1);
    let clip = movie.slice(s![..60, ..]).to_owned();
    let rates = retina.rates(clip.view(), false);
    for (cell, fast) in retina.cells.iter().zip(&rates) {
        let sign = if cell.cell_type == CellType::UvAgainstGreen { -1.0 } else { 1.0 };
        let norm = 1.0_f64.hypot(cell.uv_weight) * sign;
        let green = &clip.slice(s![.., ..288]) / norm;
        let mixture = green + &clip.slice(s![.., 288..]) * (cell.uv_weight / norm);
        let slow = slow_rate(cell, &mixture, params.height, params.width);
        let worst = fast.iter().zip(&slow).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-10, "{}: {worst}", cell.cell_type.name());
    }
}

#[test]
fn opponent_cells_hold_green_against_uv_and_others_do_not() {
    let params = RetinaParams { train_clips: 6, ..coloured() };
    let (retina, _) = retina(&params, 2);
    let grid = params.grid();
    let pixels = grid.n_pixels();
    let shown = |weights: [f64; 2]| {
        let grey = spot(Grid { channels: 1, ..grid }, 4.0, 1.0);
        let [green, uv] = weights.map(|weight| weight * &grey);
        let stimulus = ndarray::concatenate(ndarray::Axis(1), &[green.view(), uv.view()]).unwrap();
        assert_eq!(stimulus.ncols(), 2 * pixels);
        retina.rates(stimulus.view(), true)
    };
    let [green, uv, white] = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]].map(shown);
    for (unit, cell) in retina.cells.iter().enumerate() {
        let change = |rates: &[Vec<f64>]| mean(&rates[unit], 21, 35) - mean(&rates[unit], 10, 20);
        let name = cell.cell_type.name();
        match cell.cell_type {
            CellType::GreenAgainstUv => assert!(change(&green) > 0.0 && change(&uv) < 0.0, "{name}"),
            CellType::UvAgainstGreen => assert!(change(&green) < 0.0 && change(&uv) > 0.0, "{name}"),
            CellType::OnSustainedLarge => {
                assert!(change(&white) > change(&green) && change(&green) > 0.0, "{name}");
            }
            _ => {}
        }
    }
}

#[test]
fn movies_of_two_channels_are_alike_but_not_the_same() {
    let movie = training_movie(&RetinaParams { train_clips: 12, ..coloured() }, Seed::root(3));
    let (green, uv) = movie.view().split_at(ndarray::Axis(1), 288);
    let correlation = (&green * &uv).sum() / ((&green * &green).sum() * (&uv * &uv).sum()).sqrt();
    assert!((0.6..0.95).contains(&correlation), "{correlation}");
}

#[test]
fn calcium_is_the_rate_through_a_low_pass() {
    let params = pairs();
    let (retina, movie) = retina(&params, 1);
    let clip = movie.slice(s![..80, ..]).to_owned();
    let (rates, calcium) = (retina.rates(clip.view(), false), retina.calcium(clip.view(), false));
    let keep = (-1.0_f64 / 12.0).exp();
    for (rate, calcium) in rates.iter().zip(&calcium) {
        let direct =
            |t: usize| (0..=t).map(|u| (1.0 - keep) * keep.powi((t - u) as i32) * rate[u]).sum::<f64>();
        assert!((0..80).all(|t| (calcium[t] - direct(t)).abs() < 1e-12));
    }
}

#[test]
fn movies_are_z_scored_and_drift() {
    let params = RetinaParams { train_clips: 6, test_clips: 2, ..RetinaParams::default() };
    let all = stimuli(&params, Seed::root(3));
    let movies: Vec<f64> =
        all.iter().filter(|one| one.kind == "movie").flat_map(|one| one.frames.iter().copied()).collect();
    let mean = movies.iter().sum::<f64>() / movies.len() as f64;
    let variance = movies.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / movies.len() as f64;
    assert!(mean.abs() < 1e-9 && (variance - 1.0).abs() < 1e-9, "{mean} {variance}");
    // Neighbours in space and time are alike, those of another clip are not.
    let train = &all[0].frames;
    let correlation = |a: usize, b: usize| {
        let (a, b) = (train.row(a), train.row(b));
        let centred = |row: &ndarray::ArrayView1<'_, f64>| row - row.mean().unwrap();
        let (a, b) = (centred(&a), centred(&b));
        a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
    };
    let near = (0..100).map(|t| correlation(t, t + 1)).sum::<f64>() / 100.0;
    let far = (0..100).map(|t| correlation(t, t + 450).abs()).sum::<f64>() / 100.0;
    assert!(near > 0.7 && near > far + 0.2, "{near} {far}");
    let names: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(names[..4], ["movie_train", "movie_test_00", "movie_test_01", "chirp"]);
    assert_eq!((train.dim(), names.len()), ((900, 288), 12));
}

#[test]
fn the_spectrum_of_a_clip_falls_with_frequency() {
    let params = RetinaParams { train_clips: 12, height: 64, width: 64, ..RetinaParams::default() };
    let movie = training_movie(&params, Seed::root(5));
    let power = |k: usize| {
        let waves = (0..12).map(|clip| {
            let row = movie.row(clip * 150);
            let at = |f: fn(f64) -> f64| {
                (0..64).map(|x| row[32 * 64 + x] * f(TAU * (k * x) as f64 / 64.0)).sum::<f64>().powi(2)
            };
            at(f64::cos) + at(f64::sin)
        });
        waves.sum::<f64>()
    };
    // Along a line the power falls as f^-1.2: 8.6 times, give or take chance.
    assert!(power(2) > 3.0 * power(12), "{} {}", power(2), power(12));
}

#[test]
fn the_chirp_and_the_bars_are_as_defined() {
    let grid = RetinaParams::default().grid();
    let chirp = chirp(grid);
    assert_eq!(chirp.dim(), (720, 288));
    let at = |frame: usize| chirp[[frame, 17]];
    assert_eq!(
        [at(59), at(60), at(149), at(150), at(239), at(240), at(269)],
        [0.0, 2.0, 2.0, -2.0, -2.0, 0.0, 0.0]
    );
    assert!((at(300) - 2.0 * (TAU * (0.5 + 0.46875)).sin()).abs() < 1e-12);
    assert!((at(538) - 2.0 * (8.0 / 30.0 / 6.0) * (4.0 * PI * 8.0 / 30.0).sin()).abs() < 1e-12);
    assert_eq!([at(529), at(710)], [0.0, 0.0]);
    // A bar of direction 0 at t = 1.1 s after its start is at pixel 0 of the middle: columns 6 to 9.
    let bar = bar(grid, 0);
    let row: Vec<f64> = bar.slice(s![43, 9 * 16..10 * 16]).to_vec();
    let inside: Vec<usize> = (0..16).filter(|x| row[*x] == 2.0).collect();
    assert_eq!(inside, [6, 7, 8, 9]);
    assert!(bar.row(9).iter().all(|v| *v == -0.8));
}

/// 20 blank frames, then 40 with a disc of `radius` pixels in the middle.
fn spot(grid: Grid, radius: f64, contrast: f64) -> Array2<f64> {
    Array2::from_shape_fn((60, grid.n_pixels()), |(frame, pixel)| {
        let (y, x) = ((pixel / grid.width) as f64 - 8.5, (pixel % grid.width) as f64 - 7.5);
        if frame >= 20 && y.hypot(x) < radius { contrast } else { 0.0 }
    })
}

fn mean(rate: &[f64], from: usize, to: usize) -> f64 {
    rate[from..to].iter().sum::<f64>() / (to - from) as f64
}

#[test]
fn types_do_what_they_are_called() {
    let params = RetinaParams { train_clips: 6, ..pairs() };
    let (retina, _) = retina(&params, 2);
    let grid = params.grid();
    let rates = |stimulus: Array2<f64>| retina.rates(stimulus.view(), true);
    // Discs as large as the centre of small and of large cells, and the whole screen; bright and dark.
    let sizes = [2.0, 4.0, 100.0];
    let [bright, dark] = [1.0, -1.0].map(|contrast| sizes.map(|radius| rates(spot(grid, radius, contrast))));
    let bars: Vec<_> = (0..8).map(|k| rates(bar(grid, k))).collect();
    for (unit, cell) in retina.cells.iter().enumerate() {
        let name = cell.cell_type.name();
        let own = usize::from(name.contains("large"));
        let rest = mean(&bright[0][unit], 10, 20);
        let change = |rate: &[f64]| mean(rate, 21, 29) - rest;
        match cell.mechanism() {
            Mechanism::Linear(sign) => {
                let (liked, disliked) = if sign > 0 { (&bright, &dark) } else { (&dark, &bright) };
                let (up, down) = (change(&liked[own][unit]), change(&disliked[own][unit]));
                assert!(up > 0.2 * rest && down < 0.0, "{name}: {up} {down} {rest}");
                let late = (mean(&liked[own][unit], 50, 60) - rest) / up;
                assert!((late < 0.4) == name.contains("-t-"), "{name}: {late}");
                let full = change(&liked[2][unit]) / up;
                assert!((full < 0.6) == name.contains("small"), "{name}: {full}");
            }
            Mechanism::OnOff => {
                let both = [change(&bright[0][unit]), change(&dark[0][unit])];
                assert!(both.iter().all(|change| *change > 0.2 * rest), "{name}: {both:?} {rest}");
            }
            Mechanism::Suppressed => {
                let both = [&bright, &dark].map(|rates| mean(&rates[1][unit], 25, 40) - rest);
                assert!(both.iter().all(|change| *change < 0.0), "{name}: {both:?}");
            }
            Mechanism::Motion => {
                let peak = |k: usize| bars[k][unit].iter().copied().fold(0.0, f64::max);
                let ratio = |k: usize| peak(k).max(peak(k + 4)) / peak(k).min(peak(k + 4));
                let axis = if cell.cell_type == CellType::DirectionY { [2, 0] } else { [0, 2] };
                let [along, across] = axis.map(ratio);
                assert!(along > 1.5 && along > across, "{name}: {along} {across}");
            }
        }
    }
}

#[test]
fn recordings_are_of_unit_size_with_the_noise_that_was_asked_for() {
    let params = RetinaParams::reduced();
    let (retina, movie) = retina(&params, 4);
    let calcium = retina.calcium(movie.view(), false);
    let silent = retina.record(&calcium, Noise { gain_sd: 0.0, noise_sd: 0.0 }, Seed::root(9));
    let noisy = retina.record(&calcium, params.noise(), Seed::root(9));
    for ((cell, quiet), loud) in retina.cells.iter().zip(&silent).zip(&noisy) {
        let sd = |trace: &[f32]| {
            let mean = trace.iter().sum::<f32>() / trace.len() as f32;
            (trace.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / trace.len() as f32).sqrt()
        };
        let expected = (cell.calcium_sd / cell.recording_sd) as f32;
        assert!((sd(quiet) - expected).abs() < 1e-3, "{} {expected}", sd(quiet));
        // Another gain than that of the calibration, but of the same kind.
        assert!((0.6..1.6).contains(&sd(loud)), "{}", sd(loud));
        let difference: Vec<f32> = loud.iter().zip(quiet).map(|(a, b)| a - b).collect();
        assert!((sd(&difference) / expected - 0.6).abs() < 0.15, "{}", sd(&difference) / expected);
    }
}

#[test]
fn the_step_gives_the_tables_that_were_planned_and_the_cells_can_be_read_back() {
    let params = RetinaParams::reduced();
    let output = run(&RetinaStep, &params, &[]).unwrap();
    let responses = &output.tables["responses"];
    assert_eq!(responses.n_rows(), 60 * (1 + 2 * 2 + 1 + 8));
    assert_eq!(output.tables["stimuli"].n_rows(), 1 + 2 + 1 + 8);
    let (retina, names) = read_cells(&output.tables["cells"]).unwrap();
    assert_eq!((retina.cells.len(), names[3].1.as_str()), (60, "03"));
    let types = output.tables["known_types"].text("type").unwrap();
    assert!((0..60).all(|k| types.get(k) == Some(retina.cells[k].cell_type.name())));
    // Shown again without noise, the cells respond as they did.
    let again = RetinaResponsesParams { gain_sd: 0.0, noise_sd: 0.0, centred: false, repeats: 1 };
    let tables = [("cells", &output.tables["cells"]), ("stimuli", &output.tables["stimuli"])];
    let shown = run(&RetinaResponsesStep, &again, &tables).unwrap();
    let traces = shown.tables["responses"].lists("trace").unwrap();
    let stimuli = shown.tables["responses"].text("stimulus_id").unwrap();
    let row = (0..720).find(|row| stimuli.get(*row) == Some("chirp")).unwrap();
    let grid = params.grid();
    let direct = retina.calcium(chirp(grid).view(), false);
    let expected = direct[0][100] / retina.cells[0].recording_sd;
    assert!((traces.get(row).unwrap()[100] - expected).abs() < 1e-5 * expected.abs().max(1.0));
}

#[test]
fn stimuli_with_colour_have_a_row_for_every_channel_and_can_be_shown_again() {
    let params = RetinaParams { train_clips: 1, test_clips: 1, ..coloured() };
    let output = run(&RetinaStep, &params, &[]).unwrap();
    let stimuli = &output.tables["stimuli"];
    assert_eq!(stimuli.n_rows(), 2 * (1 + 1 + 1 + 8));
    let names = stimuli.text("channel_name").unwrap();
    assert_eq!([names.get(0), names.get(1)], [Some("green"), Some("uv")]);
    let (retina, _) = read_cells(&output.tables["cells"]).unwrap();
    assert_eq!((retina.grid.channels, retina.cells.len()), (2, 28));
    let again = RetinaResponsesParams { gain_sd: 0.0, noise_sd: 0.0, centred: false, repeats: 1 };
    let show = |cells, stimuli| run(&RetinaResponsesStep, &again, &[("cells", cells), ("stimuli", stimuli)]);
    let shown = show(&output.tables["cells"], stimuli).unwrap();
    let traces = shown.tables["responses"].lists("trace").unwrap();
    let ids = shown.tables["responses"].text("stimulus_id").unwrap();
    let row = (0..28 * 11).find(|row| ids.get(*row) == Some("chirp")).unwrap();
    let direct = retina.calcium(chirp(params.grid()).view(), false);
    let expected = direct[0][100] / retina.cells[0].recording_sd;
    assert!((traces.get(row).unwrap()[100] - expected).abs() < 1e-5 * expected.abs().max(1.0));
    // Cells without colour have another screen.
    let grey = run(&RetinaStep, &RetinaParams { colour: false, ..pairs() }, &[]).unwrap();
    let error = show(&grey.tables["cells"], stimuli).unwrap_err().to_string();
    assert!(error.contains("the simulated cells have another screen"), "{error}");
    let error = show(&output.tables["cells"], &grey.tables["stimuli"]).unwrap_err().to_string();
    assert!(error.contains("a stimulus lacks a channel of the cells' screen"), "{error}");
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let params = RetinaParams { train_clips: 1, test_clips: 1, ..RetinaParams::reduced() };
    assert!(bytes_on(1, &RetinaStep, &params) == bytes_on(3, &RetinaStep, &params));
}

#[test]
fn wrong_parameters_of_the_retina_are_named() {
    assert_eq!(issues("simulate.retina", json!({})), [""; 0]);
    let wrong = [
        (json!({"cells": {}}), "cells must be between 1 and 100000 in all, got 0"),
        (
            json!({"cells": {"green-UV": 3}}),
            "cells `green-UV` needs a screen with colour: set `colour: true`",
        ),
        (json!({"height": 2}), "height must be between 4 and 64, got 2"),
        (json!({"train_clips": 0}), "train_clips must be between 1 and 1000, got 0"),
        (json!({"test_repeats": 0}), "test_repeats must be between 1 and 1000, got 0"),
        (json!({"noise_sd": -1}), "noise_sd must be a finite number of at least 0, got -1"),
    ];
    for (params, message) in wrong {
        assert_eq!(issues("simulate.retina", params), [message]);
    }
    assert_eq!(issues("simulate.retina", json!({"cells": {"ON": 3}})).len(), 1);
}

#[test]
fn stimuli_of_another_screen_are_refused() {
    let output = run(&RetinaStep, &RetinaParams { train_clips: 1, ..RetinaParams::reduced() }, &[]).unwrap();
    let other = RetinaParams { height: 10, train_clips: 1, ..RetinaParams::reduced() };
    let other = run(&RetinaStep, &other, &[]).unwrap();
    let tables = [("cells", &output.tables["cells"]), ("stimuli", &other.tables["stimuli"])];
    let error = run(&RetinaResponsesStep, &RetinaResponsesParams::default(), &tables).unwrap_err();
    assert!(error.report().contains("one channel of 18 x 16 pixels"), "{}", error.report());
}
