//! Which neurons change together? Simulated traces of one animal, and its pairs with the largest affinity.
//!
//!     cargo run --release --package neuroloom-ntf --example map_affinity

use neuroloom_core::Seed;
use neuroloom_ntf::affinity::{AffinityOptions, Combine, DifferentialAffinity, Threshold, pairs};
use neuroloom_simulate::worms::{Animal, WormsParams, motifs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let params = WormsParams { n_motifs: 2, motif_neurons: 4, motif_worms: 1.0, ..WormsParams::default() };
    let planted = motifs(&params, Seed::root(1));
    let animal = Animal::simulate(0, &params, &planted, Seed::root(2));
    let traces = animal.traces.chunks(params.n_frames);
    let traces: Vec<_> = traces.map(|trace| Some(trace.iter().copied().map(f64::from).collect())).collect();

    // Changes within one robust standard deviation of a neuron's own count as none.
    let options = AffinityOptions { threshold: Threshold::Deviations(1.0), ..AffinityOptions::default() };
    let h = DifferentialAffinity::new(options)?.signed_roots(&traces)?;
    let mean = |(i, j): (usize, usize)| {
        let both = h.row(i).into_iter().zip(h.row(j));
        both.map(|(&a, &b)| Combine::Geometric.affinity(a, b)).sum::<f64>() / params.n_frames as f64
    };
    let mut found: Vec<_> = pairs(params.n_neurons).map(|pair| (mean(pair), pair)).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));

    for (number, motif) in planted.iter().enumerate() {
        let neurons: Vec<usize> = motif.neurons.iter().map(|member| member.0).collect();
        println!("motif {number}: neurons {neurons:?}");
    }
    for (affinity, (i, j)) in found.into_iter().take(12) {
        println!("neurons {i:2} and {j:2}: mean affinity {affinity:.4} per frame");
    }
    Ok(())
}
