//! `bicluster.summarise` on draws about a known truth.

use neuroloom_bicluster::steps::SummariseParams;
use neuroloom_core::{Inputs, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::support::{NOISE, inputs, simulated, simulation, summarise};

fn everything() -> Inputs {
    ["counts", "epochs"]
        .into_iter()
        .fold(inputs(), |inputs, port| inputs.with_table(port, simulated(port)))
        .with_table("truth", simulated("units"))
}

fn numbers(table: &Table, name: &str) -> Vec<f64> {
    let column = table.numbers(name).unwrap();
    (0..table.n_rows()).map(|row| column.get(row).unwrap_or(f64::NAN)).collect()
}

#[test]
fn the_truth_is_found_whatever_clusters_are_called() {
    let output = summarise(&SummariseParams::default(), &everything()).unwrap();
    let agreement = &output.tables["agreement"];
    let (of, method) = (agreement.text("of").unwrap(), agreement.text("method").unwrap());
    let ari = |wanted: (&str, &str)| {
        let row = (0..agreement.n_rows())
            .find(|&row| (of.get(row), method.get(row)) == (Some(wanted.0), Some(wanted.1)));
        numbers(agreement, "ari")[row.unwrap()]
    };
    assert_eq!(ari(("neurons", "bicluster")), 1.0);
    assert!(
        ari(("bins", "bicluster")) > 0.9,
        "a tenth of the bins is wrong in every draw, another one each time"
    );
    assert_eq!(agreement.n_rows(), 7, "ours twice, five of plain methods");
    let neurons = &output.tables["neurons"];
    assert_eq!(numbers(neurons, "cluster")[..6], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    // Neuron 1 is elsewhere in about a fifth of the draws.
    let probability = numbers(neurons, "probability");
    assert!((0.65..0.95).contains(&probability[1]) && probability[0] == 1.0, "{probability:?}");
    let own = numbers(neurons, "own_similarity");
    assert!((own[1] - probability[1]).abs() < 1e-12 && (own[0] - (3.0 + probability[1]) / 4.0).abs() < 1e-12);
    let states = numbers(&output.tables["states"], "probability");
    assert!(states.iter().all(|&p| (0.7..=1.0).contains(&p)));
}

#[test]
fn latents_are_averaged_in_one_form() {
    let truth = simulation();
    let output = summarise(&SummariseParams::default(), &inputs()).unwrap();
    let latents = &output.tables["latents"];
    assert_eq!(latents.n_rows(), 9);
    let [means, lows, highs] = ["mean", "low", "high"].map(|name| latents.lists(name).unwrap());
    let mut covered = 0.0;
    for row in 0..9 {
        let (cluster, latent) = (row / 3, row % 3);
        let expected = truth.paths.column(cluster * 3 + latent);
        let mean = means.get(row).unwrap();
        // Only the sign of a latent is open.
        let sign = if mean.iter().zip(expected).map(|(a, b)| a * b).sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
        let error: f64 = mean.iter().zip(expected).map(|(a, b)| (sign * a - b).powi(2)).sum();
        let spread: f64 = expected.iter().map(|x| x * x).sum();
        let noise = NOISE * NOISE * expected.len() as f64;
        assert!(error < 0.05 * spread + noise, "cluster {cluster} latent {latent}: {error} of {spread}");
        let (low, high) = (lows.get(row).unwrap(), highs.get(row).unwrap());
        covered += mean.iter().zip(low.iter().zip(high.iter())).filter(|(m, (l, h))| l <= m && m <= h).count()
            as f64;
    }
    assert!(covered >= 0.99 * 9.0 * 150.0);
}

#[test]
fn expected_counts_are_those_of_the_draws() {
    let truth = simulation();
    let output = summarise(&SummariseParams::default(), &inputs()).unwrap();
    let rates = &output.tables["rates"];
    let means = rates.lists("mean").unwrap();
    // Neuron 1 is drawn in a wrong cluster at times; all others have the noise of their latents only.
    for unit in [0, 5, 11] {
        let mean = means.get(unit).unwrap();
        let errors = mean.iter().zip(truth.rates.row(unit)).map(|(found, rate)| (found / rate).ln().abs());
        let worst = errors.fold(0.0, f64::max);
        assert!(worst < 0.1, "unit {unit}: {worst}");
    }
    let dispersions = numbers(&output.tables["neurons"], "dispersion");
    assert!(dispersions.iter().all(|r| (9.0..11.5).contains(r)), "{dispersions:?}");
}

#[test]
fn dynamics_keep_what_turns_do_not_change() {
    let output = summarise(&SummariseParams::default(), &inputs()).unwrap();
    let dynamics = &output.tables["dynamics"];
    assert_eq!(dynamics.n_rows(), 2);
    assert!(numbers(dynamics, "spectral_radius").iter().all(|radius| (radius - 0.5).abs() < 1e-6));
    assert!((numbers(dynamics, "share").iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let noise = dynamics.lists("noise").unwrap().get(0).unwrap().into_owned();
    assert_eq!(noise.len(), 81);
    assert!(noise.iter().enumerate().all(|(k, q)| (q - f64::from(u8::from(k % 10 == 0))).abs() < 1e-9));
}

#[test]
fn draws_in_parts_give_the_same_bytes() {
    let whole = inputs();
    let table = whole.required("draws").unwrap().clone();
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        neuroloom_table::parquet::PartsWriter::new(folder.path(), kinds::BICLUSTER_DRAWS).unwrap();
    for start in (0..80).step_by(7) {
        let part = table.batch().slice(start, 7.min(80 - start));
        writer.append(&Table::from_checked(kinds::BICLUSTER_DRAWS, part)).unwrap();
    }
    let parts = std::sync::Arc::new(writer.finish().unwrap());
    let (a, b) = (
        summarise(&SummariseParams::default(), &whole).unwrap(),
        summarise(&SummariseParams::default(), &whole.clone().with_parts("draws", parts)).unwrap(),
    );
    assert_eq!(a.tables, b.tables);
    assert_eq!(a.summary, b.summary);
}

#[test]
fn any_number_of_threads_gives_the_same_summary() {
    let inputs = everything();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let output = pool.install(|| {
            summarise(&SummariseParams { similarity: true, ..Default::default() }, &inputs).unwrap()
        });
        (output.tables, output.summary)
    };
    assert!(on(1) == on(2));
}

#[test]
fn held_out_counts_become_bits_per_spike() {
    let rows = [("unit_00", 3, 2), ("unit_05", 7, 0)];
    let held_out = TableBuilder::new(kinds::BICLUSTER_HELD_OUT)
        .text("recording_id", rows.map(|_| "bicluster"))
        .text("unit_id", rows.map(|row| row.0))
        .integers("bin", rows.map(|row| row.1))
        .integers("count", rows.map(|row| row.2))
        .numbers("log_mean_probability", [-1.0, -0.5])
        .numbers("mean_log_probability", [-1.1, -0.6])
        .numbers("log_homogeneous", [-2.0, -0.5 - 2.0 * std::f64::consts::LN_2 + 1.0])
        .finish()
        .unwrap();
    let output = summarise(&SummariseParams::default(), &inputs().with_table("held_out", held_out)).unwrap();
    let scores = &output.tables["scores"];
    assert_eq!(numbers(scores, "n_entries"), [2.0]);
    assert!((numbers(scores, "bits_per_spike")[0] - 1.0).abs() < 1e-12, "2 ln 2 over two spikes");
    assert_eq!(numbers(scores, "log_mean_per_entry"), [-0.75]);
}

#[test]
fn few_draws_are_warned_of() {
    let output = summarise(&SummariseParams::default(), &inputs()).unwrap();
    assert!(output.summary.warnings[0].contains("have not converged"), "{:?}", output.summary.warnings);
    let diagnostics = &output.tables["diagnostics"];
    assert_eq!(diagnostics.n_rows(), 4 + 12 + 50);
    let names: Vec<&str> = output.summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["similarity_bicluster", "latents_bicluster", "chains_bicluster"]);
}

#[test]
fn many_bins_are_compared_by_every_second_one() {
    let params = SummariseParams { similarity_bins: 80, similarity: true, ..Default::default() };
    let output = summarise(&params, &everything()).unwrap();
    let similarity = &output.tables["similarity"];
    assert_eq!(similarity.n_rows(), 12 + 75);
    let ari = numbers(&output.tables["agreement"], "ari");
    assert!(ari[0] > 0.9, "bins by draws: {ari:?}");
}
