//! Every kind of figure, in good and in bad days.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod samples;

use neuroloom_core::figure::{
    BarSeries, Bars, ColourScale, Content, Figure, Heatmap, Lines, MarkedBars, Panel, Raster, Scatter, Series,
};
use neuroloom_report::figure::draw;
use samples::{all_figures, heatmap, models, noise, panel, xml::attributes_of};

const HOSTILE: &str = "<script>alert('x')</script> \"&amp;\" ]]> \u{0}\u{7} 漢字 \u{202e}é";

fn only(content: Content) -> Figure {
    Figure::new("f", "", "").panel(panel("p", "x (s)", "y (Hz)", content))
}

fn drawn(content: Content) -> String {
    let svg = draw(&only(content)).unwrap();
    attributes_of(&svg);
    svg
}

fn scatter(x: Vec<f64>, y: Vec<f64>) -> Scatter {
    Scatter {
        x,
        y,
        colour: vec![],
        colour_label: String::new(),
        scale: ColourScale::Sequential,
        labels: vec![],
        closed_path: false,
        equal_axes: false,
    }
}

fn line(name: &str, x: Vec<f64>, y: Vec<f64>) -> Series {
    Series { name: name.into(), x, y }
}

fn empty_contents() -> Vec<Content> {
    let none = Heatmap { n_rows: 0, n_columns: 5, values: vec![], ..heatmap(0, ColourScale::Diverging, 0.0) };
    vec![
        Content::Heatmap(none),
        Content::Scatter(scatter(vec![], vec![])),
        Content::Lines(Lines::default()),
        Content::Lines(Lines { series: vec![line("a", vec![], vec![])] }),
        Content::Bars(Bars::default()),
        Content::Bars(Bars { groups: vec!["g".into()], series: vec![] }),
        Content::Raster(Raster::default()),
        Content::Raster(Raster { labels: vec!["silent".into()], events: vec![vec![]] }),
    ]
}

/// All numbers of the coordinates in a drawing.
fn coordinates(svg: &str) -> Vec<f64> {
    let geometry = ["x", "y", "width", "height", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d"];
    let attributes = attributes_of(svg).into_iter().filter(|(name, _)| geometry.contains(&name.as_str()));
    attributes
        .flat_map(|(_, value)| {
            let numbers = value.split(|c: char| c.is_ascii_alphabetic() || c == ' ');
            numbers.filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect::<Vec<f64>>()
        })
        .collect()
}

#[test]
fn every_sort_of_figure_is_well_formed_and_repeats() {
    for figure in all_figures() {
        let svg = draw(&figure).unwrap();
        attributes_of(&svg);
        assert_eq!(svg, draw(&figure).unwrap(), "{}", figure.name);
        let read_back: Figure = serde_json::from_str(&serde_json::to_string(&figure).unwrap()).unwrap();
        assert_eq!(svg, draw(&read_back).unwrap(), "{} after JSON", figure.name);
    }
}

#[test]
fn labels_and_titles_stand_in_the_figure() {
    let svg = draw(&samples::bars()).unwrap();
    for text in ["cosine similarity", ">ring model<", ">ADN<", ">n/a<", "ring model, ADN: 0.93 ± 0.02"] {
        assert!(svg.contains(text), "{text}");
    }
}

#[test]
fn nothing_to_draw_is_said() {
    for content in empty_contents() {
        let svg = drawn(content.clone());
        assert!(svg.contains("no data"), "{content:?}");
    }
    assert!(draw(&Figure::new("f", "t", "c")).unwrap().contains("nothing to draw"));
}

#[test]
fn hostile_text_stays_text() {
    let labels = vec![HOSTILE.to_owned(); 3];
    let values = vec![1.0, 2.0, 3.0];
    let contents = vec![
        Content::Heatmap(Heatmap {
            n_rows: 3,
            n_columns: 1,
            values: values.clone(),
            row_labels: labels.clone(),
            column_labels: vec![HOSTILE.into()],
            colour_label: HOSTILE.into(),
            scale: ColourScale::Sequential,
        }),
        Content::Scatter(Scatter {
            colour: values.clone(),
            colour_label: HOSTILE.into(),
            labels: labels.clone(),
            ..scatter(values.clone(), values.clone())
        }),
        Content::Lines(Lines { series: vec![line(HOSTILE, values.clone(), values.clone())] }),
        Content::Bars(Bars {
            groups: labels.clone(),
            series: vec![BarSeries { name: HOSTILE.into(), values: values.clone(), errors: vec![] }],
        }),
        Content::Raster(Raster { labels: labels.clone(), events: vec![values; 3] }),
    ];
    for content in contents {
        let figure = Figure::new(HOSTILE, HOSTILE, HOSTILE).panel(panel(HOSTILE, HOSTILE, HOSTILE, content));
        let svg = draw(&figure).unwrap();
        attributes_of(&svg);
        assert!(!svg.contains("<script"));
    }
}

#[test]
fn values_that_are_no_numbers_are_gaps() {
    let odd = vec![f64::NAN, f64::INFINITY, 1.0, f64::NEG_INFINITY, 2.0, f64::MAX, -f64::MAX, 0.5];
    let mut matrix = heatmap(3, ColourScale::Diverging, 0.0);
    matrix.values = odd.iter().copied().chain([0.0]).collect();
    let svg = drawn(Content::Heatmap(matrix));
    assert!(svg.contains("#d9dde2"), "gaps are grey");
    let even = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let errors = vec![f64::NAN; 8];
    let contents = [
        Content::Scatter(Scatter {
            colour: odd.clone(),
            closed_path: true,
            ..scatter(odd.clone(), even.clone())
        }),
        Content::Lines(Lines { series: vec![line("a", even.clone(), odd.clone())] }),
        Content::Bars(Bars {
            groups: vec![String::new(); 8],
            series: vec![BarSeries { name: "s".into(), values: odd.clone(), errors }],
        }),
        Content::Raster(Raster { labels: vec![], events: vec![odd.clone(), even] }),
    ];
    for content in contents {
        let svg = drawn(content);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn a_gap_breaks_a_curve() {
    let y = vec![1.0, 2.0, f64::NAN, 2.0, f64::NAN, 1.0, 3.0];
    let svg = drawn(Content::Lines(Lines { series: vec![line("", (0..7).map(f64::from).collect(), y)] }));
    let path = svg.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!((path.matches('M').count(), path.matches('L').count(), path.matches("h0").count()), (3, 2, 1));
}

#[test]
fn extreme_ranges_stay_on_the_page() {
    for (low, high) in [(1e-300_f64, 2e-300), (-1e300, 1e300), (1e15, 1e15 + 1.0), (5.0, 5.0), (0.0, 0.0)] {
        let xs = vec![low, high, low.midpoint(high)];
        for content in [
            Content::Lines(Lines { series: vec![line("a", xs.clone(), xs.clone())] }),
            Content::Scatter(Scatter { equal_axes: true, ..scatter(xs.clone(), xs.clone()) }),
            Content::Raster(Raster { labels: vec![], events: vec![xs.clone()] }),
        ] {
            let svg = drawn(content);
            assert!(coordinates(&svg).iter().all(|at| at.abs() < 2_000.0), "{low} {high}");
        }
    }
}

#[test]
fn huge_data_make_small_figures() {
    let n = 1_000_000;
    let many: Vec<f64> = (0..n).map(noise).collect();
    let time: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let series = BarSeries { name: "s".into(), values: many.clone(), errors: many.clone() };
    let contents = [
        Content::Heatmap(Heatmap {
            n_rows: 1000,
            n_columns: 1000,
            values: many.clone(),
            row_labels: vec![],
            column_labels: vec![],
            colour_label: "v".into(),
            scale: ColourScale::Sequential,
        }),
        Content::Scatter(Scatter { colour: time.clone(), ..scatter(many.clone(), many.clone()) }),
        Content::Lines(Lines {
            series: vec![line("trace", time, many.clone()), line("orbit", many.clone(), many.clone())],
        }),
        Content::Bars(Bars { groups: vec!["g".into(); n], series: vec![series] }),
        Content::Raster(Raster {
            labels: vec!["u".into(); 1000],
            events: many.chunks(1000).map(<[f64]>::to_vec).collect(),
        }),
    ];
    for content in contents {
        let svg = drawn(content);
        assert!(svg.len() < 1_300_000, "{} bytes", svg.len());
        assert!(svg.contains("fill-opacity=\"0.66\""), "a note says what is not shown");
    }
}

#[test]
fn a_reduced_matrix_shows_the_mean_of_its_blocks() {
    let mut matrix = heatmap(0, ColourScale::Sequential, 0.0);
    (matrix.n_rows, matrix.n_columns) = (1, 960);
    matrix.values = (0..960).map(|i| if i % 2 == 0 { 0.0 } else { 1.0 }).collect();
    let svg = drawn(Content::Heatmap(matrix));
    assert!(svg.contains("Mean of each block of 1 × 2 cells."));
    assert_eq!(svg.matches("fill=\"#21918c\"").count(), 1, "all cells have the middle colour");
    assert!(svg.contains("M0 0h480v1h-480z"), "and become one rectangle");
}

#[test]
fn arrays_that_do_not_agree_are_an_error_with_its_place() {
    let bad = Content::Heatmap(Heatmap {
        n_rows: usize::MAX,
        n_columns: 2,
        ..heatmap(3, ColourScale::Sequential, 0.0)
    });
    let errors = BarSeries { name: String::new(), values: vec![1.0], errors: vec![1.0, 2.0] };
    let contents = [
        bad,
        Content::Scatter(scatter(vec![1.0], vec![])),
        Content::Scatter(Scatter { labels: vec!["a".into(); 2], ..scatter(vec![1.0], vec![1.0]) }),
        Content::Lines(Lines { series: vec![line("a", vec![1.0], vec![])] }),
        Content::Bars(Bars { groups: vec!["g".into()], series: vec![errors] }),
        Content::Bars(Bars {
            groups: vec![],
            series: vec![BarSeries { name: String::new(), values: vec![1.0], errors: vec![] }],
        }),
    ];
    for content in contents {
        let error = draw(&only(content)).unwrap_err();
        assert!(error.report().contains("figure \"f\", panel 0"), "{}", error.report());
        assert!(error.expected_text().is_some() && error.found_text().is_some());
    }
}

#[test]
fn bands_and_marks_stand_with_the_bars() {
    let svg = draw(&models()).unwrap();
    assert!(svg.contains("noise ceiling: 0.68 to 0.79") && svg.contains(">noise ceiling<"), "{svg}");
    assert!(svg.contains(">*<") && svg.contains(">*+<"));
    let bars = Bars { groups: vec!["g".into()], series: vec![] };
    let marks = vec!["*".into(); 2];
    let marked = Content::MarkedBars(MarkedBars { bars, bands: vec![], marks });
    assert!(draw(&only(marked)).unwrap_err().report().contains("marks"));
}

#[test]
fn marked_bars_without_bands_are_read() {
    let json = r#"{"type":"marked_bars","groups":["g"],"series":[{"name":"","values":[null],"errors":[]}]}"#;
    let content: Content = serde_json::from_str(json).unwrap();
    let Content::MarkedBars(marked) = content else { panic!("{content:?}") };
    assert!(marked.bars.series[0].values[0].is_nan() && marked.bands.is_empty());
}

#[test]
fn panels_wrap_into_rows() {
    let small =
        || Panel { ..panel("p", "x", "y", Content::Scatter(scatter(vec![1.0, 2.0], vec![1.0, 2.0]))) };
    let figure = (0..5).fold(Figure::new("f", "", ""), |figure, _| figure.panel(small()));
    let svg = draw(&figure).unwrap();
    let width = attributes_of(&svg).into_iter().find(|(name, _)| name == "width").unwrap().1;
    assert!(width.parse::<f64>().unwrap() < 1_100.0, "{width}");
}
