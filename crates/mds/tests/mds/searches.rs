//! Searches: batches, controls, determinism.

use neuroloom_core::Seed;
use neuroloom_mds::{
    Assign, Choose, Encoder, Gains, Groups, Merge, Objective, Output, Problem, Restarts, Start, Stop,
    agreement, argmax, chunks, restarts, search, searches, settled,
};
use neuroloom_simulate::retina::CellType;

use crate::support::{all_types, encoder, movie_norm, options, retina};

fn go() -> neuroloom_core::Result<()> {
    Ok(())
}

#[test]
fn a_batch_is_its_stimuli_one_by_one_bit_for_bit() {
    let (retina, movie) = all_types();
    let encoder = encoder::<f64>(&retina, Output::Calcium);
    let groups = chunks(24, 4, Seed::root(1));
    let objective = Objective::new(&groups, &Gains::none(24), 1.6);
    let ascent = options(movie_norm(&movie)).ascent;
    let start = |k: usize| (k, ascent.start(&encoder, Seed::root(9).child_index(k as u64)));
    let batch = ascent.run(&encoder, &objective, (0..4).map(start).collect(), 5).unwrap();
    for (k, together) in batch.iter().enumerate() {
        let alone = ascent.run(&encoder, &objective, vec![start(k)], 5).unwrap();
        assert_eq!(&alone[0], together);
        assert_eq!(objective.value(k, &together.responses), together.objective);
    }
}

#[test]
fn objectives_rise_and_stoppers_stop() {
    let (retina, movie) = all_types();
    let encoder = encoder::<f32>(&retina, Output::Calcium);
    let types: Vec<usize> = retina.cells.iter().map(|cell| cell.cell_type as usize).collect();
    let objective = Objective::new(&Groups::new(&types), &Gains::none(24), 1.6);
    let mut ascent = options(movie_norm(&movie)).ascent;
    let start = || vec![(0, ascent.start::<f32, _>(&encoder, Seed::root(2)))];
    let before = ascent.run(&encoder, &objective, start(), 0).unwrap();
    let after = ascent.run(&encoder, &objective, start(), 40).unwrap();
    assert!(after[0].objective > before[0].objective + 0.3, "{} {}", before[0].objective, after[0].objective);
    let starts = start();
    ascent.stop = Stop::Pixel;
    ascent.learning_rate = 1e-9;
    assert_eq!(ascent.run(&encoder, &objective, starts.clone(), 500).unwrap()[0].steps, 51);
    ascent.stop = Stop::Ema;
    ascent.learning_rate = 0.0;
    // Rounding may lower the mean of equal losses a few times.
    let steps = ascent.run(&encoder, &objective, starts, 500).unwrap()[0].steps;
    assert!((101..130).contains(&steps), "{steps}");
}

#[test]
fn on_and_off_cells_end_in_two_clusters() {
    let (retina, movie) = retina(&[(CellType::OnSustainedLarge, 21), (CellType::OffSustainedLarge, 21)]);
    let encoder = encoder::<f32>(&retina, Output::Calcium);
    let truth: Vec<usize> = retina.cells.iter().map(|cell| cell.cell_type as usize).collect();
    let gains = Gains::none(42);
    for assign in [Assign::Argmax, Assign::Template] {
        let settings = neuroloom_mds::Options {
            assign,
            merge: Merge::Confusion,
            final_steps: 1000,
            ..options(movie_norm(&movie))
        };
        let problem = Problem { encoder: &encoder, gains: &gains, options: &settings };
        let found = search::<f32, _>(problem, chunks(42, 5, Seed::root(3)), Seed::root(4), &go).unwrap();
        let clusters = &found.clusters;
        assert_eq!(clusters.groups.k(), 2, "{assign:?}");
        assert_eq!(agreement(clusters.groups.labels(), &truth).unwrap().ari, 1.0);
        assert!(clusters.mean_loss() < -0.9 * 2.0_f64.ln(), "{}", clusters.mean_loss());
        assert_eq!(argmax(&encoder.respond_all(&clusters.stimuli)), clusters.groups.labels());
    }
}

#[test]
fn splits_find_what_one_cluster_hides() {
    let (retina, movie) = retina(&[
        (CellType::OnSustainedLarge, 8),
        (CellType::OffSustainedLarge, 8),
        (CellType::DirectionX, 8),
    ]);
    let encoder = encoder::<f32>(&retina, Output::Calcium);
    let hidden: Vec<usize> =
        retina.cells.iter().map(|c| usize::from(c.cell_type == CellType::DirectionX)).collect();
    let mut settings = options(movie_norm(&movie));
    settings.em_max = 0;
    settings.em_after = false;
    settings.split.max_passes = 1;
    settings.split.local_steps = 4;
    settings.split.local_starts = 2;
    let gains = Gains::none(24);
    let problem = Problem { encoder: &encoder, gains: &gains, options: &settings };
    let found = search::<f32, _>(problem, Groups::new(&hidden), Seed::root(6), &go).unwrap();
    assert_eq!(found.splits[0].cluster, 0);
    assert!(found.splits[0].accepted, "{:?}", found.splits);
    assert!(found.clusters.groups.k() >= 3);
}

#[test]
fn searches_do_not_depend_on_threads_and_stop_on_request() {
    let (retina, movie) = all_types();
    let encoder = encoder::<f32>(&retina, Output::Calcium);
    let mut settings = options(movie_norm(&movie));
    settings.em_max = 2;
    let gains = Gains::none(24);
    let problem = Problem { encoder: &encoder, gains: &gains, options: &settings };
    let many = Restarts {
        n: 2,
        k_init: 4,
        start: Start::Chunks,
        choose: Choose::Consensus,
        together: 0.8,
        min_cluster: 1,
    };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| restarts::<f32, _>(problem, &many, Seed::root(1), &go).unwrap())
    };
    let (one, three) = (on(1), on(3));
    assert!(one == three);
    assert_eq!((one.runs.len(), one.stability[1][1], one.chosen), (2, 1.0, None));
    // In parts, as a run that was interrupted goes on.
    let mut runs = searches::<f32, _>(problem, &many, 0..1, Seed::root(1), &go).unwrap();
    runs.extend(searches::<f32, _>(problem, &many, 1..2, Seed::root(1), &go).unwrap());
    assert!(settled(problem, &many, runs, Seed::root(1)).unwrap() == one);
    let stop = || Err(neuroloom_core::Error::cancelled());
    assert!(restarts::<f32, _>(problem, &many, Seed::root(1), &stop).is_err());
}
