//! What the report shows of a filter.

use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};

/// Bins of a histogram.
const BINS: usize = 30;

/// How many rows have which value of a measure, with the limits as upright lines; none without a finite value.
pub(super) fn histogram(label: &str, values: &[f64], limits: [Option<f64>; 2]) -> Option<Panel> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let ends = finite().chain(limits.into_iter().flatten());
    let (low, high) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let n = finite().count();
    if n == 0 {
        return None;
    }
    let width = if high > low { (high - low) / BINS as f64 } else { 1.0 };
    let mut counts = [0_usize; BINS];
    for value in finite() {
        counts[(((value - low) / width) as usize).min(BINS - 1)] += 1;
    }
    let edge = |k: usize| low + k as f64 * width;
    // Up, along and down every bar.
    let outline = |k: usize| [(edge(k), counts[k] as f64), (edge(k + 1), counts[k] as f64)];
    let (x, y) = (0..BINS).flat_map(outline).unzip();
    let mut series = vec![Series { name: format!("{n} rows"), x, y }];
    let most = counts.iter().copied().max().unwrap_or(0) as f64;
    let names = ["lowest", "highest"];
    let lines = names.into_iter().zip(limits).filter_map(|(name, limit)| Some((name, limit?)));
    series.extend(lines.map(|(name, limit)| Series {
        name: format!("{name} allowed"),
        x: vec![limit, limit],
        y: vec![0.0, most],
    }));
    let content = Content::Lines(Lines { series });
    Some(Panel { title: String::new(), x: Axis::new(label), y: Axis::new("rows"), content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_value_is_in_a_bar() {
        let Some(Panel { content: Content::Lines(lines), .. }) =
            histogram("x", &[1.0, 2.0, 2.0, f64::NAN, 5.0], [Some(0.0), None])
        else {
            unreachable!("there are values");
        };
        assert_eq!(lines.series[0].y.iter().sum::<f64>() / 2.0, 4.0);
        assert_eq!((lines.series.len(), lines.series[1].x[0]), (2, 0.0));
        assert!(histogram("x", &[f64::NAN], [None, None]).is_none());
    }
}
