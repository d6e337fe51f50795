//! The HTML page and the graph.

mod samples;

use neuroloom_core::{Summary, Unit};
use neuroloom_report::dag::{Dag, DagEdge, DagNode, svg};
use neuroloom_report::{Report, StepSection, StepStatus, render};
use samples::{quickstart_dag, report, xml::attributes_of};

const HOSTILE: &str = "</style></pre><script>alert(1)</script>\" onload=\"x' & \u{1}";

#[test]
fn the_page_is_well_formed_and_repeats() {
    let page = render(&report());
    attributes_of(&page);
    assert_eq!(page, render(&report()));
    let read_back: Report = serde_json::from_str(&serde_json::to_string(&report()).unwrap()).unwrap();
    assert_eq!(page, render(&read_back));
}

#[test]
fn the_page_loads_nothing() {
    let page = render(&report());
    for (name, value) in attributes_of(&page) {
        assert!(!["src", "srcset", "action", "data"].contains(&name.as_str()), "{name}={value:.60}");
        if name == "href" || name == "xlink:href" {
            let local = ["#", "./", "data:image/png;base64,"].iter().any(|prefix| value.starts_with(prefix));
            assert!(local || value == "https://doi.org/10.1016/j.neuroimage.2015.12.012", "{value:.60}");
        }
    }
    assert!(
        !page.contains("<script")
            && !page.contains("<link")
            && !page.contains("url(")
            && !page.contains("@import")
    );
}

#[test]
fn every_link_into_the_page_has_its_target() {
    let mut report = report();
    report.steps[1].name = "tuning[bins=36]".into();
    report.steps[2].name = "tuning[bins=72]".into();
    report.dag = Dag {
        nodes: vec![DagNode { variants: 2, ..DagNode::new("tuning", "prepare.tuning@1") }],
        edges: vec![],
    };
    let attributes = attributes_of(&render(&report));
    let ids: Vec<&str> = attributes.iter().filter(|(n, _)| n == "id").map(|(_, v)| v.as_str()).collect();
    let targets =
        attributes.iter().filter(|(name, _)| name == "href").filter_map(|(_, v)| v.strip_prefix('#'));
    for target in targets {
        assert_eq!(ids.iter().filter(|id| **id == target).count(), 1, "#{target}");
    }
}

#[test]
fn everything_that_was_recorded_stands_on_the_page() {
    let report = report();
    let page = render(&report);
    let digests = [report.inputs[0].digest.to_string(), report.steps[0].tables[0].digest.to_string()];
    let texts = [
        "Head direction on a ring",
        "5 of 7 steps done",
        "seed 7",
        "neuroloom 0.1.0",
        "2 warnings",
        "7.254 Hz",
        "3 units have fewer than 10 spikes.",
        "kernel.sigma_s",
        "./session/rdms.parquet",
        "[0.1, 0.2, … 1200] (8713)",
        "hint: rename",
        "not run",
        "neuroloom run pipelines/quickstart.yaml",
        "data/A2929.nwb",
        "Walther A.",
        "Peyrache A.",
    ];
    for text in texts.into_iter().chain(digests.iter().map(String::as_str)) {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn the_last_figures_come_first() {
    let page = render(&report());
    let place = |text: &str| page.find(text).unwrap();
    assert!(place("id=\"glance\"") < place("id=\"pipeline\""));
    assert!(place("aria-label=\"Similarity of neural") < place("id=\"pipeline\""));
    assert!(place("aria-label=\"Spikes of the first minute") > place("id=\"pipeline\""));
}

#[test]
fn hostile_text_stays_text_everywhere() {
    let mut report = report();
    let text = || HOSTILE.to_owned();
    (report.title, report.subtitle, report.version) = (text(), text(), text());
    (report.command, report.pipeline_text, report.references) =
        (text(), text(), vec![text(), format!("https://{HOSTILE}")]);
    report.inputs[0].path = text();
    let mut step = report.steps[0].clone();
    (step.name, step.step_id, step.title, step.reference) = (text(), text(), text(), Some(text()));
    step.params = serde_json::json!({ HOSTILE: { "x": HOSTILE, "y": [HOSTILE] } });
    step.status = StepStatus::Failed { message: text() };
    step.summary =
        Summary::default().warn(HOSTILE).text(HOSTILE, HOSTILE).number(HOSTILE, 1.0, Unit::parse(HOSTILE));
    step.figures[0].caption = text();
    step.figures[0].file = "javascript:alert(1)".into();
    let table = &mut step.tables[0];
    (table.port, table.kind, table.file) = (text(), text(), "javascript:alert(1)".into());
    (table.columns[0].name, table.columns[0].doc, table.columns[0].unit) = (text(), text(), text());
    table.preview[0][0] = text();
    report.dag.nodes[0] = DagNode::new(HOSTILE, HOSTILE);
    report.dag.edges[0] = DagEdge { from: text(), from_port: text(), to: "wake".into(), to_port: text() };
    report.steps[0] = step;
    let page = render(&report);
    let attributes = attributes_of(&page);
    assert!(!page.contains("<script"));
    assert!(attributes.iter().all(|(name, value)| name != "onload" && !value.starts_with("javascript")));
}

#[test]
fn an_empty_report_is_a_page() {
    let page = render(&Report::default());
    attributes_of(&page);
    assert!(page.contains("0 steps") && !page.contains("id=\"glance\""));
}

#[test]
fn a_step_without_anything_is_a_section() {
    let steps = vec![StepSection { name: "bare".into(), ..StepSection::default() }];
    let page = render(&Report { steps, ..Report::default() });
    attributes_of(&page);
    assert!(page.contains("id=\"step-bare\"") && !page.contains("Parameters"));
}

#[test]
fn a_long_run_stays_a_page_of_bounded_size() {
    let mut report = report();
    let step = report.steps[3].clone();
    report.steps =
        (0..100).map(|i| StepSection { name: format!("maps[seed={i}]"), ..step.clone() }).collect();
    let page = render(&report);
    assert!(page.len() < 120 * step.figures[0].svg.len() + 600_000, "{} bytes", page.len());
}

#[test]
fn the_graph_shows_steps_ports_and_variants() {
    let picture = svg(&quickstart_dag());
    attributes_of(&picture);
    assert_eq!(picture, svg(&quickstart_dag()));
    for text in [
        ">session<",
        ">ingest.nwb@1<",
        ">transformed × 3<",
        ">spikes, epochs → intervals<",
        "10 steps, 12 connections",
    ] {
        assert!(picture.contains(text), "{text}");
    }
    attributes_of(&svg(&Dag::default()));
}

#[test]
fn a_graph_of_thirty_steps_fits_a_page() {
    let name = |i: usize| format!("step{i}");
    let nodes = (0..30).map(|i| DagNode::new(name(i), "prepare.bin@1")).collect();
    let edges = (1..30).flat_map(|i| [(i / 2, i), (i / 3, i)]).filter(|(from, to)| from != to);
    let edge = |(from, to): (usize, usize)| DagEdge {
        from: name(from),
        from_port: "traces".into(),
        to: name(to),
        to_port: "traces".into(),
    };
    let picture = svg(&Dag { nodes, edges: edges.map(edge).collect() });
    let size = |which: &str| {
        attributes_of(&picture).into_iter().find(|(name, _)| name == which).unwrap().1.parse::<f64>().unwrap()
    };
    assert!(size("width") < 2_600.0 && size("height") < 1_200.0, "{} × {}", size("width"), size("height"));
}
