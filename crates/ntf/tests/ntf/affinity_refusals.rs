//! What `ntf.affinity` refuses, before and while it runs.

use neuroloom_core::{ErrorKind, PlanContext, PlannedInputs, PlannedTable, Registry, StepPlan};
use neuroloom_table::kinds;
use serde_json::{Value, json};

use crate::support::{Trace, refused, run, three_recordings as rows, traces, wrong_params};

const ID: &str = "ntf.affinity";

fn refused_rows(params: Value, change: impl FnOnce(&mut Vec<Trace>)) -> String {
    let mut rows = rows();
    change(&mut rows);
    refused(ID, params, &[("traces", &traces(&rows))])
}

#[test]
fn unfit_recordings_are_refused_with_their_names() {
    let other_clock = refused_rows(json!({}), |rows| {
        rows.iter_mut().filter(|row| row.recording == "bb").for_each(|row| row.dt_s = 0.5);
    });
    assert!(other_clock.contains("different clocks") && other_clock.contains("a and bb"), "{other_clock}");
    assert!(other_clock.contains("prepare.resample"), "{other_clock}");
    let later = refused_rows(json!({}), |rows| {
        rows.iter_mut().filter(|row| row.recording == "bb").for_each(|row| row.t0_s = 0.1);
    });
    assert!(later.contains("different clocks"), "{later}");
    let one_trace = refused_rows(json!({}), |rows| rows[1].dt_s = 0.5);
    assert!(one_trace.contains("a: neuron N01"), "{one_trace}");
    let twice = refused_rows(json!({}), |rows| rows[1].neuron = "N00".into());
    assert!(twice.contains("stands twice") && twice.contains("a: neuron N00"), "{twice}");
    let one_short = refused_rows(json!({}), |rows| rows[1].samples.truncate(70));
    assert!(one_short.contains("a: neuron N01") && one_short.contains("found: 70"), "{one_short}");
    let infinite = refused_rows(json!({}), |rows| rows[7].samples[3] = f64::INFINITY);
    assert!(infinite.contains("bb: neuron N02") && infinite.contains("frame 3"), "{infinite}");
    let short = refused_rows(json!({"sigma": 10}), |_| {});
    assert!(short.contains("80 frames are too few") && short.contains("more than 80 frames"), "{short}");
    let tiny = refused_rows(json!({"sigma_s": 0.01}), |_| {});
    assert!(tiny.contains("at least 0.125 frames") && tiny.contains("where: sigma"), "{tiny}");
    let no_pair =
        refused_rows(json!({}), |rows| rows.retain(|row| row.recording != "ccc" || row.neuron == "N00"));
    assert!(no_pair.contains("where: ccc") && no_pair.contains("at least 2 of the 4 neurons"), "{no_pair}");
    let gaps = refused_rows(json!({}), |rows| {
        rows.iter_mut().filter(|row| row.recording == "ccc").for_each(|row| row.samples[9] = f64::NAN);
    });
    assert!(gaps.contains("where: ccc") && gaps.contains("form: dense"), "{gaps}");
    let strangers = refused_rows(json!({}), |rows| {
        rows.iter_mut().for_each(|row| row.neuron = format!("{}_{}", row.recording, row.neuron));
    });
    assert!(strangers.contains("too few neurons") && strangers.contains("min_worms"), "{strangers}");
    let nobody = refused_rows(json!({}), Vec::clear);
    assert!(nobody.contains("there are no traces"), "{nobody}");
    let unknown = refused_rows(json!({"neurons": ["N00", "N0l"]}), |_| {});
    assert!(
        unknown.contains("no recording has such a neuron") && unknown.contains("found: N0l"),
        "{unknown}"
    );
    let signal = refused_rows(json!({"signal": "dfff"}), |_| {});
    assert!(signal.contains("one of dff") && signal.contains("found: dfff"), "{signal}");
}

#[test]
fn a_tensor_beyond_the_limit_is_refused_before_it_is_made() {
    let table = traces(&rows());
    let params = json!({"form": "dense", "memory_limit_gib": 1e-6});
    let error = run(ID, params, &[("traces", &table)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory);
    let report = error.report();
    assert!(report.contains("1440 entries (80 x 3 x 6)") && report.contains("form: implicit"), "{report}");
}

#[test]
fn wrong_parameters_are_named() {
    let wrong = [
        (json!({"sigma": 0}), "sigma must be a finite number above 0, got 0"),
        (json!({"sigma_s": -1}), "sigma_s must be a finite number above 0, got -1"),
        (json!({"sigma": 1, "sigma_s": 1}), "sigma_s cannot stand beside `sigma`: give the width once"),
        (json!({"power": 3}), "power must be 1 (geometric mean) or 2 (product), got 3"),
        (json!({"theta": -0.5}), "theta must be a finite number of at least 0, got -0.5"),
        (json!({"theta": 0, "theta_mad": 1}), "theta_mad cannot stand beside `theta`: give one threshold"),
        (json!({"min_worms": 0}), "min_worms must be at least 1, got 0"),
        (json!({"neurons": ["AVAL"]}), "neurons must name at least two neurons, got 1"),
        (json!({"neurons": ["AVAL", "AVAL"]}), "neurons.1 names AVAL a second time"),
        (
            json!({"neurons": ["AVAL", "AVAR"], "min_worms": 2}),
            "min_worms has no use where `neurons` names them",
        ),
        (
            json!({"combine": "min", "form": "implicit"}),
            "form must be `dense` or `auto` with `combine: min`, got implicit",
        ),
        (json!({"memory_limit_gib": 0}), "memory_limit_gib must be a finite number above 0, got 0"),
    ];
    for (params, expected) in wrong {
        assert_eq!(wrong_params(ID, params.clone()), [expected], "{params}");
    }
    let unknown = wrong_params(ID, json!({"layout": "pair"}));
    assert!(unknown[0].contains("pairs") && unknown[0].contains("square"), "{unknown:?}");
}

fn plan(params: Value, inputs: Vec<(&str, PlannedTable)>) -> neuroloom_core::Result<StepPlan> {
    let registry = neuroloom_ntf::register(Registry::default());
    let step = registry.get(ID).unwrap();
    let inputs = inputs.into_iter().map(|(port, table)| (port.to_owned(), table));
    let ctx = PlanContext { base: ".".into(), threads: 2 };
    step.plan(&ctx, &step.check(&params).unwrap(), &PlannedInputs::new(inputs))
}

#[test]
fn plans_give_the_port_of_the_form() {
    let dims = [("recordings", 1), ("units", 200), ("samples", 2000)];
    let input = || vec![("traces", PlannedTable::new(kinds::TRACES, dims))];
    let implicit = plan(json!({}), input()).unwrap();
    assert_eq!(implicit.outputs.keys().copied().collect::<Vec<_>>(), ["affinity"]);
    assert_eq!(implicit.outputs["affinity"].dim("units"), Some(200));
    let dense = plan(json!({"form": "dense"}), input()).unwrap();
    assert_eq!(dense.outputs.keys().copied().collect::<Vec<_>>(), ["modes", "tensor"]);
    let tensor = 8 * 199 * 100 * 2000;
    assert!(dense.resources.memory_bytes > implicit.resources.memory_bytes + tensor - 1);
}

#[test]
fn plans_refuse_tables_without_activity() {
    let refused = |kind| plan(json!({}), vec![("traces", PlannedTable::new(kind, []))]).unwrap_err().report();
    assert!(refused(kinds::SPIKES).contains("found: spikes"));
    assert!(refused(kinds::HOMOGENISED).contains("without its clock"));
    let clocks = PlannedTable::new(kinds::HOMOGENISED_RECORDINGS, []);
    let homogenised = PlannedTable::new(kinds::HOMOGENISED, []);
    assert!(plan(json!({}), vec![("traces", homogenised), ("recordings", clocks)]).is_ok());
}
