//! Scratch.
#![allow(clippy::all, missing_docs, clippy::unwrap_used)]
use neuroloom_core::Seed;
use neuroloom_mds::*;
use neuroloom_simulate::retina::{Retina, RetinaParams, training_movie};
use rand::seq::SliceRandom;
use std::time::Instant;

struct Data {
    fit: TrueCells<f32>,
    held: TrueCells<f32>,
    fit_types: Vec<usize>,
    held_types: Vec<usize>,
    norm: f64,
    windows: Vec<Vec<f32>>,
}

fn env(name: &str, default: f64) -> f64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn data(seed: u64) -> Data {
    let params = RetinaParams { train_clips: 20, test_clips: 0, ..RetinaParams::default() };
    let seed = Seed::root(seed);
    let movie = training_movie(&params, seed);
    let retina = Retina::new(&params, movie.view(), seed);
    let frames = env("FRAMES", 50.0) as usize;
    let output = if env("RATE", 0.0) > 0.0 { Output::Rate } else { Output::Calcium };
    let all = TrueCells::<f32>::new(&retina.cells, params.grid(), frames, 10, output).unwrap();
    let n = retina.cells.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut seed.child("split").rng());
    let (a, b) = order.split_at(n * 3 / 4);
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    a.sort();
    b.sort();
    let kind = |u: &usize| retina.cells[*u].cell_type as usize;
    let windows: Vec<Vec<f32>> = (0..movie.nrows() / frames)
        .map(|k| {
            movie.slice(ndarray::s![k * frames..(k + 1) * frames, ..]).iter().map(|v| *v as f32).collect()
        })
        .collect();
    let norm = windows.iter().map(|w| norm(w)).sum::<f64>() / windows.len() as f64;
    Data {
        fit: all.select(&a),
        held: all.select(&b),
        fit_types: a.iter().map(kind).collect(),
        held_types: b.iter().map(kind).collect(),
        norm,
        windows,
    }
}

fn options(norm: f64) -> Options {
    Options {
        tau: env("TAU", 1.6),
        anneal_from: env("ANNEAL", 1.0),
        anneal_iterations: env("ANNEAL_IT", 0.0) as usize,
        ascent: Ascent {
            learning_rate: env("LR", 100.0),
            smooth: 0.0,
            stop: Stop::Steps,
            display_scale: 40.0,
            projection: Projection { norm: Some(norm * env("NORM", 1.0)), clip: vec![] },
            init_scale: 1.0,
        },
        steps: env("STEPS", 50.0) as usize,
        steps_first: env("STEPS1", 100.0) as usize,
        em_max: env("EM", 30.0) as usize,
        reinitialize: false,
        assign: if env("TEMPLATE", 0.0) > 0.0 { Assign::Template } else { Assign::Argmax },
        split: SplitOptions {
            parts: 2,
            steps: 20,
            max_passes: env("SPLITS", 0.0) as usize,
            trials: 1,
            min_gain: env("MINGAIN", 0.0),
            paired: true,
            local_starts: env("LSTARTS", 1.0) as usize,
            local_steps: env("LSTEPS", 1.0) as usize,
            local_max: env("LMAX", 50.0) as usize,
        },
        merge: Merge::None,
        em_after: true,
        final_steps: 100,
    }
}

fn ari(a: &[usize], b: &[usize]) -> f64 {
    agreement(a, b).unwrap().ari
}

fn report(name: &str, d: &Data, g: &Gains, hg: &Gains, c: &Clusters<f32>, t: f64) -> (f64, f64) {
    let held = d.held.respond_all(&c.stimuli);
    let am = argmax(&held);
    let tm = Templates::new(&c.responses, g, &c.groups).assign(&held, hg);
    let r = (ari(&am, &d.held_types), ari(&tm, &d.held_types));
    println!(
        "{name}: K={} fitARI={:.3} J/lnK={:.3} held argmax={:.3} template={:.3}  {:.1}s",
        c.groups.k(),
        ari(c.groups.labels(), &d.fit_types),
        c.mean_j_share(),
        r.0,
        r.1,
        t
    );
    r
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (from, to): (u64, u64) = (args[1].parse().unwrap(), args[2].parse().unwrap());
    let what = args.get(3).map_or("all", |s| s.as_str()).to_owned();
    let mut sums: std::collections::BTreeMap<String, Vec<f64>> = Default::default();
    for seed in from..to {
        let d = data(seed);
        let o = options(d.norm);
        let gain = match env("GAIN", 0.0) as i32 {
            1 => Gain::UnitSd,
            2 => Gain::Max,
            3 => Gain::Zscore,
            _ => Gain::None,
        };
        let g = Gains::of_windows(gain, &d.fit.respond_all(&d.windows));
        let hg = Gains::of_windows(gain, &d.held.respond_all(&d.windows));
        let p = Problem { encoder: &d.fit, gains: &g, options: &o };
        let root = Seed::root(seed).child("search");
        let mut note = |k: &str, v: (f64, f64)| {
            sums.entry(format!("{k} argmax")).or_default().push(v.0);
            sums.entry(format!("{k} template")).or_default().push(v.1);
        };
        if what.contains("oracle") || what == "all" {
            let t = Instant::now();
            let mut o2 = o.clone();
            o2.em_max = 0;
            o2.split.max_passes = 0;
            o2.final_steps = env("OSTEPS", 100.0) as usize;
            let s =
                search::<f32, _>(Problem { options: &o2, ..p }, Groups::new(&d.fit_types), root, &|| Ok(()))
                    .unwrap();
            note("oracle", report("oracle", &d, &g, &hg, &s.clusters, t.elapsed().as_secs_f64()));
        }
        if what.contains("em") || what == "all" {
            let restarts = env("RESTARTS", 3.0) as u64;
            let mut parts = vec![];
            for r in 0..restarts {
                let t = Instant::now();
                let start = chunks(
                    d.fit_types.len(),
                    env("KINIT", 30.0) as usize,
                    root.child("chunks").child_index(r),
                );
                let s = search::<f32, _>(p, start, root.child_index(r), &|| Ok(())).unwrap();
                note(
                    "em",
                    report(
                        &format!("  em{r} it={}", s.trace.len()),
                        &d,
                        &g,
                        &hg,
                        &s.clusters,
                        t.elapsed().as_secs_f64(),
                    ),
                );
                parts.push(s.clusters.groups.labels().to_vec());
            }
            for cut in [0.4, 0.5, 0.6] {
                let labels = consensus(&parts, cut);
                let sizes = Groups::new(&labels);
                println!(
                    "  consensus {cut}: K={} >=3:{} fitARI={:.3}",
                    sizes.k(),
                    sizes.sizes().iter().filter(|s| **s >= 3).count(),
                    ari(&labels, &d.fit_types)
                );
                let mut o2 = o.clone();
                o2.em_max = 0;
                o2.split.max_passes = 0;
                let s = search::<f32, _>(Problem { options: &o2, ..p }, sizes, root, &|| Ok(())).unwrap();
                note(&format!("consensus{cut}"), report("   ", &d, &g, &hg, &s.clusters, 0.0));
            }
        }
    }
    for (k, v) in sums {
        let m = v.iter().sum::<f64>() / v.len() as f64;
        let sd = (v.iter().map(|x| (x - m).powi(2)).sum::<f64>() / v.len() as f64).sqrt();
        println!("{k}: mean {m:.3} sd {sd:.3} n {}", v.len());
    }
}
