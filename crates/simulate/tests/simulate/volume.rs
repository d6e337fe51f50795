//! A volume with a tuned ball: what is tuned, what the numbers are, what is refused.

use neuroloom_core::{Inputs, Registry, RunContext, Seed};
use neuroloom_simulate::volume::{Volume, VolumeParams, VolumeStep, directions_rad};
use neuroloom_table::Columns;
use serde_json::json;

use crate::support::{bytes_on, issues, mean, table};

fn small() -> VolumeParams {
    VolumeParams { shape: [6, 5, 4], ball_radius_mm: 3.0, ..VolumeParams::default() }
}

#[test]
fn without_noise_the_ball_answers_with_a_cosine_and_the_rest_not_at_all() {
    let params = VolumeParams { noise_sd: 0.0, signal: 2.0, ..small() };
    let volume = Volume::simulate(&params, Seed::root(1));
    assert!(
        volume.preferred_rad.iter().any(Option::is_some) && volume.preferred_rad.iter().any(Option::is_none)
    );
    for ((voxel, _, condition), &response) in volume.responses.indexed_iter() {
        let direction = directions_rad(params.n_conditions).nth(condition).unwrap();
        let expected =
            volume.preferred_rad[voxel].map_or(0.0, |preferred| 2.0 * (direction - preferred).cos());
        assert!((response - expected).abs() < 1e-12);
        let inside = volume.positions_mm[voxel]
            .iter()
            .zip([5.0, 4.0, 3.0])
            .map(|(position, middle)| (position - middle).powi(2))
            .sum::<f64>()
            <= 9.0;
        assert_eq!(inside, volume.preferred_rad[voxel].is_some());
    }
}

#[test]
fn noise_has_the_deviation_that_was_asked_for() {
    let params = VolumeParams { noise_sd: 3.0, signal: 0.0, ..VolumeParams::default() };
    let responses = Volume::simulate(&params, Seed::root(2)).responses;
    assert!(mean(responses.iter().copied()).abs() < 0.05);
    assert!((mean(responses.iter().map(|x| x * x)).sqrt() - 3.0).abs() < 0.05);
}

#[test]
fn tables_say_where_voxels_lie_and_what_they_are() {
    let params = small();
    let positions = table(&VolumeStep, &params, "positions");
    assert_eq!(positions.n_rows(), 120);
    let (x, y, z) =
        (positions.numbers("x").unwrap(), positions.numbers("y").unwrap(), positions.numbers("z").unwrap());
    assert_eq!([x.get(1), y.get(1), z.get(1)], [Some(0.0), Some(0.0), Some(2.0)]);
    assert_eq!([x.get(119), y.get(119), z.get(119)], [Some(10.0), Some(8.0), Some(6.0)]);
    let responses = table(&VolumeStep, &params, "responses");
    assert_eq!(responses.n_rows(), 120 * 4 * 12);
    assert_eq!(responses.text("condition").unwrap().get(1), Some("030.0"));
    assert_eq!(table(&VolumeStep, &params, "truth").n_rows(), 120);
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let alone = bytes_on(1, &VolumeStep, &small());
    assert!([2, 7].iter().all(|&threads| bytes_on(threads, &VolumeStep, &small()) == alone));
}

#[test]
fn wrong_parameters_are_named() {
    let wrong = json!({ "shape": [0, 2, 2], "spacing_mm": 0, "noise_sd": -1, "n_conditions": 2, "folds": 0 });
    let found = issues("simulate.volume", wrong).join("\n");
    for name in ["shape.0", "spacing_mm", "noise_sd", "n_conditions", "folds"] {
        assert!(found.contains(name), "{found}");
    }
    let large = issues("simulate.volume", json!({ "shape": [4000, 4000, 4000] })).join("\n");
    assert!(large.contains("one table can hold"), "{large}");
}

#[test]
fn a_searchlight_lights_up_in_the_ball_and_nowhere_else() {
    let params = VolumeParams { shape: [10, 10, 6], signal: 1.5, ..VolumeParams::default() };
    let registry = neuroloom_trsa::register(Registry::default());
    let (responses, positions) =
        (table(&VolumeStep, &params, "responses"), table(&VolumeStep, &params, "positions"));
    let run = |id: &str, params: serde_json::Value, inputs: &Inputs| {
        let step = registry.get(id).unwrap();
        step.run(&RunContext::for_test("."), &step.check(&params).unwrap(), inputs).unwrap()
    };
    let inputs = Inputs::default().with_table("responses", responses).with_table("positions", positions);
    let models = run("rsa.model", json!({ "models": ["ring"] }), &inputs).tables["rdms"].clone();
    let output = run("rsa.searchlight", json!({ "radius": 4.1 }), &inputs.with_table("models", models));
    let found = neuroloom_table::whole(output.stored["similarities"].as_ref()).unwrap();
    let (similarity, centre) = (found.numbers("similarity").unwrap(), found.text("centre_id").unwrap());
    let tuned = |row: usize| {
        let voxel: usize = centre.get(row).unwrap()[1..].parse().unwrap();
        params.is_in_ball(&params.positions_mm()[voxel])
    };
    let (inside, far): (Vec<usize>, Vec<usize>) = (0..found.n_rows()).partition(|&row| tuned(row));
    let distance_mm = |row: usize| {
        let voxel: usize = centre.get(row).unwrap()[1..].parse().unwrap();
        let [x, y, z] = params.positions_mm()[voxel];
        ((x - 9.0).powi(2) + (y - 9.0).powi(2) + (z - 5.0).powi(2)).sqrt()
    };
    let far: Vec<usize> = far.into_iter().filter(|&row| distance_mm(row) > 7.0 + 4.1).collect();
    let average = |rows: &[usize]| mean(rows.iter().map(|&row| similarity.get(row).unwrap()));
    assert!(inside.len() > 50 && far.len() > 50, "{} {}", inside.len(), far.len());
    assert!(average(&inside) > 0.8, "{}", average(&inside));
    assert!(average(&far).abs() < 0.05, "{}", average(&far));
}
