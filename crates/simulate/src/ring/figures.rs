//! What the report shows of a simulated compass.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Raster, Series};

use super::{Ring, RingParams, Samples, Simulation};
use crate::difference_rad;
use crate::names::unit_ids;

/// Seconds of behaviour that are drawn.
const TRACKED_S: f64 = 60.0;
/// Seconds of spikes that are drawn.
const RASTER_S: f64 = 10.0;
/// Most points of the error that are drawn.
const ERROR_POINTS: usize = 2000;

/// Head and bump at the beginning of the recording, and how far they are apart in all of it.
pub(super) fn tracking(params: &RingParams, samples: &Samples) -> Figure {
    let n = (TRACKED_S / params.sample_dt_s) as usize;
    let series = [("heading", &samples.heading_rad), ("bump", &samples.bump_rad)];
    let series = series.map(|(name, angles)| track(name, angles.iter().take(n), params.sample_dt_s));
    let caption = "Left: where the head points, and where the bump of activity says that it does; both jump where the circle \
                   closes. Right: the bump's error in the whole recording.";
    Figure::new("tracking", "Heading and bump", caption)
        .panel(panel("the first minute", "direction (rad)", series.into()))
        .panel(panel("error", "bump - heading (rad)", vec![error(params, samples)]))
}

/// Spikes at the beginning of the recording, a row per unit.
pub(super) fn raster(params: &RingParams, ring: &Ring, simulation: &Simulation) -> Figure {
    let events =
        simulation.units(ring).map(|(_, train)| train.times_s().take_while(|&t| t < RASTER_S).collect());
    let panel = Panel {
        title: String::new(),
        x: Axis::new("time (s)"),
        y: Axis::new("unit, by preferred direction"),
        content: Content::Raster(Raster {
            labels: unit_ids(params.n_units).collect(),
            events: events.collect(),
        }),
    };
    let caption = "Spikes of the recorded cells: the bump is the band that wanders as the head turns.";
    Figure::new("raster", "Spikes", caption).panel(panel)
}

fn panel(title: &str, y: &str, series: Vec<Series>) -> Panel {
    let content = Content::Lines(Lines { series });
    Panel { title: title.into(), x: Axis::new("time (s)"), y: Axis::new(y), content }
}

/// Bump less heading, the shorter way round, at so many samples as a figure can show.
fn error(params: &RingParams, samples: &Samples) -> Series {
    let every = samples.heading_rad.len().div_ceil(ERROR_POINTS).max(1);
    let pairs = samples.bump_rad.iter().zip(&samples.heading_rad).step_by(every);
    let y: Vec<f64> =
        pairs.map(|(&bump, &heading)| difference_rad(f64::from(bump), f64::from(heading))).collect();
    let x = (0..y.len()).map(|k| (k * every) as f64 * params.sample_dt_s).collect();
    Series { name: String::new(), x, y }
}

/// A curve with a gap wherever it jumps over the end of the circle.
fn track<'a>(name: &str, angles: impl Iterator<Item = &'a f32>, dt_s: f64) -> Series {
    let mut series = Series { name: name.into(), x: Vec::new(), y: Vec::new() };
    let mut before = None;
    for (k, angle) in angles.map(|&angle| f64::from(angle)).enumerate() {
        let time_s = k as f64 * dt_s;
        let jumps =
            before.is_some_and(|before: f64| (angle - before - difference_rad(angle, before)).abs() > 1.0);
        if jumps {
            series.x.push(time_s);
            series.y.push(f64::NAN);
        }
        series.x.push(time_s);
        series.y.push(angle);
        before = Some(angle);
    }
    series
}
