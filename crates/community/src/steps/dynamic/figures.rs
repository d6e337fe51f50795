//! What the report shows of dynamic communities.

use std::collections::BTreeMap;

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Panel};

use super::atlas::Community;
use super::classes::Overlap;
use super::components::{Components, Key};

/// Panels of a figure at most, one per rank.
const PANELS: usize = 6;
/// Columns of a time course at most: a few pixels each.
const MOST_COLUMNS: usize = 400;
/// Bars that can still be told apart.
const MOST_BARS: usize = 30;

/// All figures of the step.
pub fn all(communities: &[Community], overlaps: Option<&[Overlap]>, components: &Components) -> Vec<Figure> {
    let courses = courses(communities, components);
    let wiring = communities.iter().any(|community| community.wiring.is_some()).then(|| wiring(communities));
    let classes = overlaps.map(|overlaps| classes(communities, overlaps));
    courses.into_iter().chain(wiring).chain(classes).collect()
}

/// Communities over time: a row per component, in the order of their peaks.
fn courses(communities: &[Community], components: &Components) -> Option<Figure> {
    let mut by_rank: BTreeMap<i64, BTreeMap<Key, usize>> = BTreeMap::new();
    for community in communities {
        *by_rank.entry(community.key.0).or_default().entry(community.key).or_default() += 1;
    }
    let panels: Vec<Panel> = by_rank
        .iter()
        .filter_map(|(rank, keys)| course_panel(*rank, keys, components))
        .take(PANELS)
        .collect();
    let caption = "When the communities of each component come and go: the time factor of the component as a share of its \
                   maximum, components in the order of their peaks, with the number of their communities.";
    let figure = Figure::new("time", "Communities over time", caption);
    (!panels.is_empty()).then(|| panels.into_iter().fold(figure, Figure::panel))
}

/// A component, the number of its communities, and its course: times (s) and values.
type Row<'a> = (Key, usize, &'a [(f64, f64)]);

fn course_panel(rank: i64, keys: &BTreeMap<Key, usize>, components: &Components) -> Option<Panel> {
    let mut rows: Vec<Row<'_>> = keys
        .iter()
        .filter_map(|(&key, &n)| Some((key, n, components.get(key)?.course.as_slice())))
        .filter(|(.., course)| !course.is_empty())
        .collect();
    rows.sort_by(|a, b| peak(a.2).total_cmp(&peak(b.2)).then(a.0.cmp(&b.0)));
    let n_times = rows.iter().map(|(.., course)| course.len()).min()?;
    let every = n_times.div_ceil(MOST_COLUMNS);
    let n_columns = n_times / every;
    let values = rows.iter().flat_map(|(.., course)| {
        let most = course.iter().fold(f64::MIN_POSITIVE, |most, &(_, value)| most.max(value));
        let means = course.chunks_exact(every).take(n_columns);
        means.map(move |chunk| chunk.iter().map(|&(_, value)| value / most).sum::<f64>() / chunk.len() as f64)
    });
    let times = rows.first()?.2.iter().step_by(every).take(n_columns);
    Some(Panel {
        title: format!("rank {rank}"),
        x: Axis::new("time (s)"),
        y: Axis::new("component: communities"),
        content: Content::Heatmap(Heatmap {
            n_rows: rows.len(),
            n_columns,
            values: values.collect(),
            row_labels: rows.iter().map(|((_, number), n, _)| format!("{number}: {n}")).collect(),
            column_labels: times.map(|&(time, _)| format!("{time:.1}")).collect(),
            colour_label: "time factor / maximum (1)".into(),
            scale: ColourScale::Sequential,
        }),
    })
}

/// Time of the largest value.
fn peak(course: &[(f64, f64)]) -> f64 {
    course
        .iter()
        .fold(
            (f64::NEG_INFINITY, 0.0),
            |best, &(time, value)| if value > best.0 { (value, time) } else { best },
        )
        .1
}

fn label(community: &Community) -> String {
    format!("{}/{}.{}", community.key.0, community.key.1, community.number)
}

/// Modules against wiring.
fn wiring(communities: &[Community]) -> Figure {
    let mut shown: Vec<&Community> = communities
        .iter()
        .filter(|community| community.wiring.is_some_and(|wiring| wiring.p.is_some()))
        .collect();
    shown.sort_by(|a, b| {
        let q = |community: &Community| community.wiring_q.unwrap_or(1.0);
        q(a).total_cmp(&q(b)).then((a.key, a.number).cmp(&(b.key, b.number)))
    });
    let all = shown.len();
    shown.truncate(MOST_BARS);
    let series = |name: &str, value: fn(&Community) -> Option<f64>| BarSeries {
        name: name.into(),
        values: shown.iter().map(|community| value(community).unwrap_or(f64::NAN)).collect(),
        errors: Vec::new(),
    };
    let panel = |y: &str, series: Vec<BarSeries>| Panel {
        title: String::new(),
        x: Axis::new("community (rank/component.number)"),
        y: Axis::new(y),
        content: Content::Bars(Bars {
            groups: shown.iter().map(|community| label(community)).collect(),
            series,
        }),
    };
    let inside = series("inside", |community| community.wiring?.inside);
    let outside = series("to others", |community| community.wiring?.outside);
    let z = series("", |community| community.wiring?.z);
    let caption = format!(
        "Are members of a community connected to each other? Share of connected pairs among members and between members and \
         others, and how far the former is from its mean over permutations of the labels, in standard deviations. \
         {} of {all} communities are shown, those with the lowest false discovery rate.",
        shown.len()
    );
    Figure::new("wiring", "Modules against wiring", caption)
        .panel(panel("connected pairs (1)", vec![inside, outside]))
        .panel(panel("z of pairs inside (1)", vec![z]))
}

/// Classes that gather in a community.
fn classes(communities: &[Community], overlaps: &[Overlap]) -> Figure {
    let mut shown: Vec<&Overlap> = overlaps.iter().collect();
    shown.sort_by(|a, b| {
        a.p_value.total_cmp(&b.p_value).then_with(|| (a.community, &a.class).cmp(&(b.community, &b.class)))
    });
    shown.truncate(MOST_BARS);
    let name = |overlap: &&Overlap| format!("{} {}", label(&communities[overlap.community]), overlap.class);
    let panel = Panel {
        title: String::new(),
        x: Axis::new("community and class"),
        y: Axis::new("-log10 of the false discovery rate (1)"),
        content: Content::Bars(Bars {
            groups: shown.iter().map(name).collect(),
            series: vec![BarSeries {
                name: String::new(),
                values: shown.iter().map(|overlap| -overlap.q_value.max(f64::MIN_POSITIVE).log10()).collect(),
                errors: Vec::new(),
            }],
        }),
    };
    let caption = "Classes of neurons that gather in a community (rank/component.number), the least likely first; above 1.3 \
                   the false discovery rate is below 0.05.";
    Figure::new("classes", "Classes of neurons in communities", caption).panel(panel)
}
