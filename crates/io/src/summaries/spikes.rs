//! Spike trains: counts, rates and a raster.

use neuroloom_core::figure::{Axis, Content, Figure, Panel, Raster};
use neuroloom_core::{Result, Summary, Table, Unit};
use neuroloom_table::Columns;

use super::{count_each, rows_by};

/// Units that a raster shows at most.
const RASTER_UNITS: usize = 60;
/// Seconds that a raster shows at most.
const RASTER_S: f64 = 20.0;
/// Events that a raster shows at most.
const RASTER_EVENTS: usize = 20_000;
/// What units are counted as whose region is not known.
const NO_REGION: &str = "no region";

/// Adds the numbers of units (in each region, where regions are known) and spikes, the range of the firing rates (Hz,
/// over the time from the first to the last spike of all), a warning about units without spikes, and a raster.
///
/// # Errors
/// When `table` is no table of spikes.
pub(crate) fn spikes(summary: Summary, table: &Table) -> Result<Summary> {
    let trains = table.lists("spike_times_s")?;
    let counts: Vec<usize> = (0..table.n_rows()).map(|row| trains.length(row)).collect();
    let mut summary = summary.count("units", table.n_rows()).count("spikes", counts.iter().sum());
    let regions = rows_by(table, "region", NO_REGION)?;
    if regions.keys().any(|region| region != NO_REGION) {
        summary = count_each(summary, "units in", &regions);
    }
    let silent = counts.iter().filter(|&&n| n == 0).count();
    if silent > 0 {
        summary = summary.warn(format!("{silent} units have no spikes"));
    }
    let Some((first, last)) = ends(table)? else { return Ok(summary) };
    if last > first {
        let rates = || counts.iter().map(|&n| n as f64 / (last - first));
        summary = summary
            .number("lowest firing rate", rates().fold(f64::INFINITY, f64::min), Unit::HERTZ)
            .number("highest firing rate", rates().fold(0.0, f64::max), Unit::HERTZ);
    }
    Ok(summary.figure(raster(table, first)?))
}

/// The first and the last spike of all, seconds; none without spikes.
///
/// # Errors
/// When `table` is no table of spikes.
pub(crate) fn ends(table: &Table) -> Result<Option<(f64, f64)>> {
    let trains = table.lists("spike_times_s")?;
    let mut ends: Option<(f64, f64)> = None;
    for row in 0..table.n_rows() {
        if let Some(train) = trains.get(row)
            && let (Some(&first), Some(&last)) = (train.first(), train.last())
        {
            let (low, high) = ends.unwrap_or((first, last));
            ends = Some((low.min(first), high.max(last)));
        }
    }
    Ok(ends)
}

fn raster(table: &Table, first: f64) -> Result<Figure> {
    let (trains, units, regions) =
        (table.lists("spike_times_s")?, table.text("unit_id")?, table.text("region")?);
    let n = table.n_rows().min(RASTER_UNITS);
    let shown: Vec<Vec<f64>> =
        (0..n).map(|row| window(&trains.get(row).unwrap_or_default(), first)).collect();
    let step = shown.iter().map(Vec::len).sum::<usize>().div_ceil(RASTER_EVENTS).max(1);
    let labels = (0..n).map(|row| match regions.get(row) {
        Some(region) => format!("{} {region}", units.get_or_empty(row)),
        None => units.get_or_empty(row).to_owned(),
    });
    let content = Raster {
        labels: labels.collect(),
        events: shown.iter().map(|train| train.iter().copied().step_by(step).collect()).collect(),
    };
    let thinned = if step > 1 { format!(", one of {step} spikes drawn") } else { String::new() };
    let caption = format!("The first {RASTER_S} s of {n} of {} units, a row each{thinned}.", table.n_rows());
    let (x, y) = (Axis::new("time (s)"), Axis::new("unit"));
    let panel = Panel { title: String::new(), x, y, content: Content::Raster(content) };
    Ok(Figure::new("raster", "Spikes", caption).panel(panel))
}

fn window(train: &[f64], first: f64) -> Vec<f64> {
    let start = train.partition_point(|&time| time < first);
    let stop = train.partition_point(|&time| time < first + RASTER_S);
    train.get(start..stop).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spike_trains::{self, UnitRow};

    fn table(trains: &[(&str, Option<&str>, &[f64])]) -> Table {
        let rows = trains.iter().map(|(unit, region, times)| UnitRow {
            unit_id: (*unit).to_owned(),
            region: region.map(str::to_owned),
            spike_times_s: times.to_vec(),
            ..UnitRow::default()
        });
        spike_trains::table("rec", rows.collect()).finish().unwrap()
    }

    fn metric(summary: &Summary, name: &str) -> Option<String> {
        let metric = summary.metrics.iter().find(|metric| metric.name == name)?;
        Some(format!("{:?}", metric.value))
    }

    #[test]
    fn rates_cover_the_time_of_all_units_and_the_raster_its_start() {
        let table = table(&[("a", Some("adn"), &[10.0, 20.0, 50.0]), ("b", None, &[12.0]), ("c", None, &[])]);
        let summary = spikes(Summary::default(), &table).unwrap();
        assert_eq!(metric(&summary, "spikes").unwrap(), "Count(4)");
        assert_eq!(metric(&summary, "highest firing rate").unwrap(), "Number(0.075)");
        assert_eq!(metric(&summary, "units in adn").unwrap(), "Count(1)");
        assert_eq!(metric(&summary, "units in no region").unwrap(), "Count(2)");
        assert_eq!(summary.warnings, ["1 units have no spikes"]);
        let Content::Raster(raster) = &summary.figures[0].panels[0].content else { panic!("no raster") };
        assert_eq!(raster.events, [vec![10.0, 20.0], vec![12.0], vec![]]);
        assert_eq!(raster.labels, ["a adn", "b", "c"]);
    }

    #[test]
    fn without_spikes_there_is_nothing_to_draw() {
        let summary = spikes(Summary::default(), &table(&[("a", None, &[])])).unwrap();
        assert!(summary.figures.is_empty());
        assert_eq!(metric(&summary, "highest firing rate"), None);
    }
}
