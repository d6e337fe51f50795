//! Where the tuned voxels lie.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};

use super::{Volume, VolumeParams};

/// The slice through the middle of the ball.
pub(super) fn ball(params: &VolumeParams, volume: &Volume) -> Figure {
    let [nx, ny, nz] = params.shape;
    let caption = "The slice through the middle of the volume. Bright voxels are tuned to direction; all others \
                   are noise. A searchlight should light up here and nowhere else.";
    let is_tuned = |x: usize, y: usize| {
        let voxel = (x * ny + y) * nz + nz / 2;
        f64::from(u8::from(volume.preferred_rad.get(voxel).is_some_and(Option::is_some)))
    };
    let panel = Panel {
        title: format!("z = {} mm", (nz / 2) as f64 * params.spacing_mm),
        x: Axis::new("y (voxel)"),
        y: Axis::new("x (voxel)"),
        content: Content::Heatmap(Heatmap {
            n_rows: nx,
            n_columns: ny,
            values: (0..nx).flat_map(|x| (0..ny).map(move |y| is_tuned(x, y))).collect(),
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            colour_label: "tuned (1)".to_owned(),
            scale: ColourScale::Sequential,
        }),
    };
    Figure::new("ball", "Tuned voxels", caption).panel(panel)
}
