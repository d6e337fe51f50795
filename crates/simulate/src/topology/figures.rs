//! What the report shows of the curves.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Panel, Scatter};

use super::{Shape, TopologyParams};

/// Every curve from above, height as colour.
pub(super) fn curves(params: &TopologyParams) -> Figure {
    let caption = "The curves before noise, from above; the colour is the height. Eights of one colour at their middle meet themselves there, untangled ones pass by.";
    let panels = params.shapes.iter().map(|&shape| panel(shape, params));
    panels.fold(Figure::new("curves", "Curves of known topology", caption), Figure::panel)
}

fn panel(shape: Shape, params: &TopologyParams) -> Panel {
    let points = shape.points(params.n_points, params.height);
    Panel {
        title: shape.name().replace('_', " "),
        x: Axis::new("x (a.u.)"),
        y: Axis::new("y (a.u.)"),
        content: Content::Scatter(Scatter {
            x: points.column(0).to_vec(),
            y: points.column(1).to_vec(),
            colour: points.column(2).to_vec(),
            colour_label: "z (a.u.)".to_owned(),
            scale: ColourScale::Diverging,
            labels: Vec::new(),
            closed_path: shape != Shape::TwoCircles,
            equal_axes: true,
        }),
    }
}
