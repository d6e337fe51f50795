//! Figures and reports like those of a real run, and hostile ones.
#![allow(dead_code, reason = "each test file uses some of them")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

pub mod xml;

use std::f64::consts::TAU;

use neuroloom_core::figure::{
    Axis, Band, BarSeries, Bars, ColourScale, Content, Figure, Heatmap, Lines, MarkedBars, Panel, Raster,
    Scatter, Series,
};
use neuroloom_core::{Digest, Summary, Unit};
use neuroloom_report::dag::{Dag, DagEdge, DagNode};
use neuroloom_report::{
    ColumnSection, FigureSection, InputFile, Report, StepSection, StepStatus, TableSection,
};
use serde_json::json;

/// Deterministic noise in [-0.5, 0.5).
pub fn noise(i: usize) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / f64::from(1 << 24) - 0.5
}

pub fn panel(title: &str, x: &str, y: &str, content: Content) -> Panel {
    Panel { title: title.into(), x: Axis::new(x), y: Axis::new(y), content }
}

pub fn ring(n: usize) -> Vec<f64> {
    (0..n).map(|i| TAU * (i as f64 + 0.5) / n as f64).collect()
}

pub fn heatmap(n: usize, scale: ColourScale, jitter: f64) -> Heatmap {
    let angles = ring(n);
    let value = |i: usize, j: usize| match scale {
        ColourScale::Sequential if i == j => 0.0,
        ColourScale::Sequential => 1.0 - (angles[i] - angles[j]).cos() + jitter * noise(i * n + j),
        ColourScale::Diverging => (angles[i] - angles[j]).cos() + jitter * noise(i * n + j),
        ColourScale::Circular => (angles[i] + angles[j]) % TAU,
    };
    let labels: Vec<String> = angles.iter().map(|angle| format!("{angle:.2}")).collect();
    Heatmap {
        n_rows: n,
        n_columns: n,
        values: (0..n * n).map(|k| value(k / n, k % n)).collect(),
        row_labels: labels.clone(),
        column_labels: labels,
        colour_label: "dissimilarity (spikes²/s²)".into(),
        scale,
    }
}

pub fn rdms() -> Figure {
    let mut gappy = heatmap(36, ColourScale::Sequential, 0.6);
    for k in 0..36 {
        gappy.values[k * 36 + 20] = f64::NAN;
        gappy.values[20 * 36 + k] = f64::NAN;
    }
    let axis = "head direction (rad)";
    Figure::new("rdms", "Representational dissimilarity of head directions", "Cross-validated Mahalanobis distances between the population responses to 36 head directions. A ring gives a dark diagonal that closes in the corners.")
        .panel(panel("ADN, 32 units", axis, axis, Content::Heatmap(heatmap(36, ColourScale::Sequential, 0.2))))
        .panel(panel("CA1, 12 units", axis, axis, Content::Heatmap(gappy)))
}

pub fn maps() -> Figure {
    let map = |jitter: f64| {
        let angles = ring(36);
        Content::Scatter(Scatter {
            x: angles.iter().enumerate().map(|(i, a)| 3.0 * a.cos() + jitter * noise(i)).collect(),
            y: angles.iter().enumerate().map(|(i, a)| 3.0 * a.sin() + jitter * noise(i + 99)).collect(),
            colour: angles.clone(),
            colour_label: "head direction (rad)".into(),
            scale: ColourScale::Circular,
            labels: angles.iter().map(|a| format!("{:.0}°", a.to_degrees())).collect(),
            closed_path: true,
            equal_axes: true,
        })
    };
    Figure::new(
        "mds",
        "Maps of the head directions",
        "Classical multidimensional scaling of each RDM. The ring shows for ADN.",
    )
    .panel(panel("ADN", "dimension 1", "dimension 2", map(0.5)))
    .panel(panel("CA1", "dimension 1", "dimension 2", map(5.0)))
}

pub fn bars() -> Figure {
    let series = |name: &str, values: [f64; 3], errors: [f64; 3]| BarSeries {
        name: name.into(),
        values: values.into(),
        errors: errors.into(),
    };
    Figure::new(
        "comparison",
        "Similarity of neural and model RDMs",
        "Cosine similarity; error bars are standard errors over bootstraps of the units.",
    )
    .panel(panel(
        "",
        "",
        "cosine similarity",
        Content::Bars(Bars {
            groups: vec![
                "ring model".into(),
                "line model".into(),
                "another recording of the same animal".into(),
            ],
            series: vec![
                series("ADN", [0.93, 0.41, 0.8], [0.02, 0.04, 0.03]),
                series("CA1", [0.31, 0.36, f64::NAN], [0.08, 0.07, f64::NAN]),
                series("shuffled", [0.02, -0.05, -0.11], [0.03, 0.03, 0.04]),
            ],
        }),
    ))
}

pub fn models() -> Figure {
    let marked = MarkedBars {
        bars: Bars {
            groups: ["ring", "line", "category"].map(String::from).into(),
            series: vec![BarSeries {
                name: String::new(),
                values: vec![0.71, 0.32, -0.04],
                errors: vec![0.05, 0.08, 0.06],
            }],
        },
        bands: vec![Band { name: "noise ceiling".into(), low: 0.68, high: 0.79 }],
        marks: ["*", "*+", ""].map(String::from).into(),
    };
    Figure::new("models", "How well the models predict the RDMs", "The band is the noise ceiling.")
        .panel(panel("corr", "model", "corr (1)", Content::MarkedBars(marked)))
}

pub fn tuning() -> Figure {
    let curve = |k: usize| {
        let angles = ring(36);
        let preferred = k as f64 * 0.9 + 0.4;
        Series {
            name: format!("unit {k}"),
            y: angles.iter().map(|a| 2.0 + 35.0 * (4.0 * ((a - preferred).cos() - 1.0)).exp()).collect(),
            x: angles,
        }
    };
    let trace =
        |n: usize| Series {
            name: String::new(),
            x: (0..n).map(|i| i as f64 * 0.01).collect(),
            y: (0..n)
                .map(|i| {
                    if (3000..3300).contains(&i) {
                        f64::NAN
                    } else {
                        (i as f64 * 0.002).sin() + 0.3 * noise(i)
                    }
                })
                .collect(),
        };
    Figure::new(
        "tuning",
        "Tuning of single units",
        "Mean rate per head direction (left) and a smoothed trace with a gap (right).",
    )
    .panel(panel(
        "Tuning curves",
        "head direction (rad)",
        "rate (Hz)",
        Content::Lines(Lines { series: (0..5).map(curve).collect() }),
    ))
    .panel(panel(
        "Unit 3",
        "time (s)",
        "z-scored rate",
        Content::Lines(Lines { series: vec![trace(9000)] }),
    ))
}

pub fn raster() -> Figure {
    let row = |k: usize| (0..160).map(|i| 60.0 * (noise(i * 31 + k * 7) + 0.5)).collect::<Vec<f64>>();
    Figure::new("raster", "Spikes of the first minute", "One row per unit.").panel(panel(
        "",
        "time (s)",
        "unit",
        Content::Raster(Raster {
            labels: (0..24).map(|k| format!("A2929-{k}")).collect(),
            events: (0..24).map(row).collect(),
        }),
    ))
}

/// Panels of every sort with awkward shapes, for the eye.
pub fn awkward() -> Figure {
    let mut wide = heatmap(8, ColourScale::Diverging, 0.5);
    wide.row_labels = (0..8).map(|i| format!("region {i} with a long name")).collect();
    wide.column_labels =
        ["faces", "houses and other buildings", "tools", "animals", "bodies", "fruit", "cars", "words"]
            .map(String::from)
            .into();
    let scatter = Scatter {
        x: (0..400).map(|i| 1e-6 * noise(i)).collect(),
        y: (0..400).map(|i| 1e6 * (2.0 + noise(i + 1000))).collect(),
        colour: (0..400).map(noise).collect(),
        colour_label: "loading".into(),
        scale: ColourScale::Diverging,
        labels: vec![],
        closed_path: false,
        equal_axes: false,
    };
    let many = Bars {
        groups: (0..14).map(|i| format!("area number {i}")).collect(),
        series: vec![BarSeries {
            name: String::new(),
            values: (0..14).map(|i| noise(i) * 4.0).collect(),
            errors: vec![],
        }],
    };
    let mut long = heatmap(36, ColourScale::Circular, 0.0);
    long.row_labels.clear();
    long.column_labels.clear();
    let big = heatmap(300, ColourScale::Sequential, 0.4);
    let empty = Lines::default();
    let curves = Lines {
        series: (0..20)
            .map(|k| Series {
                name: format!("component {k}"),
                x: (0..50).map(f64::from).collect(),
                y: (0..50).map(|i| f64::from(i) * k as f64 + 20.0 * noise(i as usize)).collect(),
            })
            .collect(),
    };
    Figure::new("awkward", "A figure whose title is so long that it would run out of any page that is not as wide as a newspaper, and which therefore has to be wrapped", "")
        .panel(panel("Confusions between categories of stimuli as a long panel title", "predicted category", "a rather long label of the vertical axis (with unit)", Content::Heatmap(wide)))
        .panel(panel("Volcano", "effect (V)", "count", Content::Scatter(scatter)))
        .panel(panel("Bars", "", "difference (Hz)", Content::Bars(many)))
        .panel(panel("Circular", "column", "row", Content::Heatmap(long)))
        .panel(panel("300 × 300", "i", "j", Content::Heatmap(big)))
        .panel(panel("Nothing", "x", "y", Content::Lines(empty)))
        .panel(panel("Many curves", "bin", "score", Content::Lines(curves)))
}

pub fn all_figures() -> Vec<Figure> {
    vec![rdms(), maps(), bars(), models(), tuning(), raster(), awkward()]
}

fn edge(from: &str, from_port: &str, to: &str, to_port: &str) -> DagEdge {
    DagEdge { from: from.into(), from_port: from_port.into(), to: to.into(), to_port: to_port.into() }
}

pub fn quickstart_dag() -> Dag {
    let node = DagNode::new;
    let nodes = vec![
        node("session", "ingest.nwb@1"),
        node("wake", "prepare.select@1"),
        node("tuning", "prepare.tuning@1"),
        node("adn", "rsa.rdm@1"),
        node("ca1", "rsa.rdm@1"),
        node("ring", "rsa.model@1"),
        node("line", "rsa.model@1"),
        DagNode { variants: 3, ..node("transformed", "rsa.transform@1") },
        node("maps", "rsa.embed@1"),
        node("comparison", "rsa.compare@1"),
    ];
    let edges = vec![
        edge("session", "spikes", "wake", "spikes"),
        edge("session", "epochs", "wake", "intervals"),
        edge("session", "behaviour", "tuning", "behaviour"),
        edge("wake", "spikes", "tuning", "spikes"),
        edge("tuning", "responses", "adn", "responses"),
        edge("tuning", "responses", "ca1", "responses"),
        edge("adn", "rdms", "transformed", "rdms"),
        edge("ca1", "rdms", "transformed", "rdms"),
        edge("adn", "rdms", "maps", "rdms"),
        edge("ca1", "rdms", "maps", "rdms"),
        edge("transformed", "rdms", "comparison", "rdms"),
        edge("ring", "rdms", "comparison", "models"),
        edge("line", "rdms", "comparison", "models"),
    ];
    Dag { nodes, edges }
}

fn table(step: &str) -> TableSection {
    let column = |name: &str, data_type: &str, unit: &str, doc: &str| ColumnSection {
        name: name.into(),
        data_type: data_type.into(),
        unit: unit.into(),
        doc: doc.into(),
    };
    TableSection {
        port: "rdms".into(),
        kind: "rdms".into(),
        file: format!("{step}/rdms.parquet"),
        digest: Digest::of(step.as_bytes()),
        n_rows: 1260,
        columns: vec![
            column("rdm_id", "text", "", "Unique name of the RDM"),
            column("i", "integer", "1", "Index of the first condition, from 0"),
            column("j", "integer", "1", "Index of the second condition, from 0"),
            column("dissimilarity", "number", "Hz", "Dissimilarity of the pair"),
            column("spike_times_s", "list of numbers", "s", "Times of the spikes"),
        ],
        preview: (1..6)
            .map(|j| {
                vec![
                    "ADN".into(),
                    "0".into(),
                    j.to_string(),
                    format!("0.0{j}31"),
                    "[0.1, 0.2, … 1200] (8713)".into(),
                ]
            })
            .collect(),
    }
}

pub fn report() -> Report {
    let step = |name: &str, id: &str, title: &str, figures: &[Figure]| StepSection {
        name: name.into(),
        step_id: id.into(),
        title: title.into(),
        params: json!({"measure": "crossnobis", "folds": 5, "kernel": {"kind": "gaussian", "sigma_s": 0.1}, "regions": ["ADN", "CA1"], "noise": null}),
        defaults: json!({"measure": "euclidean", "folds": 5, "kernel": {"kind": "gaussian"}, "noise": null}),
        summary: Summary::default()
            .count("units", 44)
            .number("mean rate", 7.25431, Unit::HERTZ)
            .count("conditions", 36),
        tables: vec![table(name)],
        figures: figures
            .iter()
            .map(|figure| FigureSection::of(figure).expect("the sample figures are right"))
            .collect(),
        ..StepSection::default()
    };
    let mut session = step("session", "ingest.nwb@1", "Reads a session from an NWB 2 file.", &[raster()]);
    session.summary.warnings =
        vec!["3 units have fewer than 10 spikes.".into(), "The file names no electrode groups.".into()];
    let mut rdm = step("rdm", "rsa.rdm@1", "Representational dissimilarity matrices.", &[rdms()]);
    rdm.reference = Some("Walther A. et al. (2016) Reliability of dissimilarity measures for multi-voxel pattern analysis. NeuroImage 137:188–200, https://doi.org/10.1016/j.neuroimage.2015.12.012.".into());
    rdm.status = StepStatus::Reused;
    let mut late = step("late", "rsa.infer@1", "Inference that was not reached.", &[]);
    late.status = StepStatus::NotRun;
    late.tables.clear();
    let mut failed = step("check", "rsa.check@1", "A step that failed.", &[]);
    failed.tables.clear();
    failed.status = StepStatus::Failed {
        message: "no such column\n  where: a.csv\n  expected: t_s\n  found: time\n  hint: rename".into(),
    };
    Report {
        title: "Head direction on a ring".into(),
        subtitle: "Are the population responses of ADN and CA1 to head direction arranged on a ring?".into(),
        seed: 7,
        version: "0.1.0".into(),
        command: "neuroloom run pipelines/quickstart.yaml --out results".into(),
        pipeline_text: "neuroloom: 1\nname: quickstart\nseed: 7\nsteps:\n  session: { use: ingest.nwb, with: { path: data/A2929.nwb } }\n".into(),
        dag: quickstart_dag(),
        steps: vec![
            session,
            step("tuning", "prepare.tuning@1", "Mean rate per bin of a behavioural variable.", &[tuning()]),
            rdm,
            step("maps", "rsa.embed@1", "Maps of the conditions in two dimensions.", &[maps()]),
            step("comparison", "rsa.compare@1", "Similarity of pairs of RDMs.", &[bars()]),
            failed,
            late,
        ],
        inputs: vec![InputFile { path: "data/A2929.nwb".into(), digest: Digest::of(b"nwb"), bytes: 6_523_904 }],
        references: vec!["Peyrache A. et al. (2015) Internally organized mechanisms of the head direction sense. Nature Neuroscience 18:569–575.".into()],
    }
}
