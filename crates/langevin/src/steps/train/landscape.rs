//! What the report shows of a potential.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Lines, Panel, Series};
use neuroloom_math::symmetric_eigen;

use crate::model::Model;
use crate::potential::Potential;

/// Points along a line through the potential.
const N_POINTS: usize = 41;
/// How far the line goes on each side.
const EXTENT: f64 = 2.0;

/// A direction of the position, and what it is called.
struct Direction {
    name: String,
    parts: Vec<f64>,
}

/// The landscape in a plane, its course along lines, and the eigenvalues of the force where it is linear.
pub(super) fn potential(model: &Model, parameters: &[f32]) -> Figure {
    let caption = "Energy over the plane of two directions of the position, the others being 0, and along lines. Of coupled oscillators these are the \
        directions of the least and of the largest eigenvalue of the matrix of the force: where eigenvalues are negative the potential \
        pushes outward, where positive it pulls back.";
    let (values, directions) = match modes(model, parameters) {
        Some((values, ends)) => (Some(values), Vec::from(ends)),
        None => (None, axes(model.options().hidden)),
    };
    let mut figure = Figure::new("potential", "The potential", caption);
    if let [first, second, ..] = &directions[..] {
        figure = figure.panel(plane(model, parameters, first, second));
    }
    figure = figure.panel(lines(model, parameters, &directions));
    match values {
        Some(values) => figure.panel(eigenvalues(values)),
        None => figure,
    }
}

/// Eigenvalues of the matrix of the force, and the directions of the least and the largest; none where the force is not linear.
fn modes(model: &Model, parameters: &[f32]) -> Option<(Vec<f64>, [Direction; 2])> {
    let Potential::Oscillators(oscillators) = model.potential() else { return None };
    let eigen = symmetric_eigen(oscillators.matrix(parameters).view()).ok()?;
    let values = eigen.values.to_vec();
    let direction = |place: usize, name: &str| {
        let parts = eigen.vectors.column(place).to_vec();
        Some(Direction { name: format!("{name} ({:.2})", values.get(place)?), parts })
    };
    let ends = [direction(0, "least")?, direction(values.len().checked_sub(1)?, "largest")?];
    Some((values, ends))
}

/// The first axes.
fn axes(dim: usize) -> Vec<Direction> {
    let axis = |place: usize| {
        let parts = (0..dim).map(|i| if i == place { 1.0 } else { 0.0 }).collect();
        Direction { name: format!("z{place}"), parts }
    };
    (0..dim.min(4)).map(axis).collect()
}

fn place(i: usize) -> f64 {
    EXTENT * (2.0 * i as f64 / (N_POINTS - 1) as f64 - 1.0)
}

/// Energy at sums of directions.
fn energy(model: &Model, parameters: &[f32], points: &[Vec<(f64, &Direction)>]) -> Vec<f64> {
    let at = |sum: &Vec<(f64, &Direction)>| {
        let mut z = vec![0.0; model.options().hidden];
        for (by, direction) in sum {
            z.iter_mut().zip(&direction.parts).for_each(|(z, part)| *z += by * part);
        }
        z.into_iter().map(|z| z as f32).collect::<Vec<f32>>()
    };
    model.potential().energy(parameters, &points.iter().flat_map(at).collect::<Vec<f32>>())
}

fn plane(model: &Model, parameters: &[f32], across: &Direction, up: &Direction) -> Panel {
    // Row 0 is at the top.
    let points: Vec<Vec<(f64, &Direction)>> = (0..N_POINTS * N_POINTS)
        .map(|i| vec![(place(i % N_POINTS), across), (-place(i / N_POINTS), up)])
        .collect();
    let labels = |sign: f64| (0..N_POINTS).map(|i| format!("{:.1}", sign * place(i))).collect();
    let heatmap = Heatmap {
        n_rows: N_POINTS,
        n_columns: N_POINTS,
        values: energy(model, parameters, &points),
        row_labels: labels(-1.0),
        column_labels: labels(1.0),
        colour_label: "energy".into(),
        scale: ColourScale::Diverging,
    };
    Panel {
        title: "landscape".into(),
        x: Axis::new(format!("position along {}", across.name)),
        y: Axis::new(format!("position along {}", up.name)),
        content: Content::Heatmap(heatmap),
    }
}

fn lines(model: &Model, parameters: &[f32], directions: &[Direction]) -> Panel {
    let along = |direction: &Direction| {
        let points: Vec<_> = (0..N_POINTS).map(|i| vec![(place(i), direction)]).collect();
        let (name, x) = (direction.name.clone(), (0..N_POINTS).map(place).collect());
        Series { name, x, y: energy(model, parameters, &points) }
    };
    Panel {
        title: "energy".into(),
        x: Axis::new("position"),
        y: Axis::new("energy"),
        content: Content::Lines(Lines { series: directions.iter().map(along).collect() }),
    }
}

fn eigenvalues(values: Vec<f64>) -> Panel {
    let groups = values.iter().map(|_| String::new()).collect();
    let series = vec![BarSeries { name: String::new(), values, errors: Vec::new() }];
    Panel {
        title: "matrix of the force".into(),
        x: Axis::new("dimension"),
        y: Axis::new("eigenvalue"),
        content: Content::Bars(Bars { groups, series }),
    }
}
