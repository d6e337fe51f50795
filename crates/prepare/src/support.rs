//! The stretches of time in which something was observed or is looked at.

/// A stretch of time `[start_s, stop_s)`, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First moment that belongs to it.
    pub start_s: f64,
    /// First moment that no longer does.
    pub stop_s: f64,
}

impl Span {
    /// `[start_s, stop_s)`.
    pub fn new(start_s: f64, stop_s: f64) -> Self {
        Self { start_s, stop_s }
    }

    /// Its length in seconds, 0 where it ends before it starts.
    pub fn duration_s(self) -> f64 {
        (self.stop_s - self.start_s).max(0.0)
    }

    /// The part that it shares with `other`, if any.
    pub fn intersection(self, other: Span) -> Option<Span> {
        let both = Span::new(self.start_s.max(other.start_s), self.stop_s.min(other.stop_s));
        (both.start_s < both.stop_s).then_some(both)
    }
}

/// A union of stretches of time: sorted, disjoint, none empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Support(Vec<Span>);

impl Support {
    /// The union of `spans`; overlapping and touching ones become one, empty ones and those with NaN nothing.
    pub fn new(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut spans: Vec<Span> = spans.into_iter().filter(|span| span.start_s < span.stop_s).collect();
        spans.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        let mut union: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match union.last_mut() {
                Some(last) if span.start_s <= last.stop_s => last.stop_s = last.stop_s.max(span.stop_s),
                _ => union.push(span),
            }
        }
        Self(union)
    }

    /// All of time.
    pub fn everything() -> Self {
        Self(vec![Span::new(f64::NEG_INFINITY, f64::INFINITY)])
    }

    /// The stretches, ascending.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Total length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.0.iter().map(|span| span.duration_s()).sum()
    }

    /// The parts of `span` that belong to it, ascending.
    pub fn clip(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.0.partition_point(|own| own.stop_s <= span.start_s);
        let reached = self.0.iter().skip(first).take_while(move |own| own.start_s < span.stop_s);
        reached.filter_map(move |own| own.intersection(span))
    }

    /// What it shares with `other`.
    #[must_use]
    pub fn intersection(&self, other: &Support) -> Support {
        Support(other.0.iter().flat_map(|span| self.clip(*span)).collect())
    }

    /// How much of `span` belongs to it, seconds.
    pub fn overlap_s(&self, span: Span) -> f64 {
        self.clip(span).map(Span::duration_s).sum()
    }

    /// Whether `span` lies in it, but for a millionth of its length (what rounding may take off an edge).
    pub fn covers(&self, span: Span) -> bool {
        self.overlap_s(span) >= span.duration_s() * (1.0 - 1e-6)
    }

    /// Whether the moment `t_s` belongs to it.
    pub fn contains(&self, t_s: f64) -> bool {
        let after = self.0.partition_point(|own| own.stop_s <= t_s);
        self.0.get(after).is_some_and(|own| own.start_s <= t_s)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let span = (0u8..50, 0u8..10);
        let span = span.prop_map(|(start, length)| Span::new(f64::from(start), f64::from(start + length)));
        prop::collection::vec(span, 0..12)
    }

    fn contains_slow(spans: &[Span], t_s: f64) -> bool {
        spans.iter().any(|span| span.start_s <= t_s && t_s < span.stop_s)
    }

    proptest! {
        #[test]
        fn union_and_intersection_hold_pointwise(a in spans(), b in spans()) {
            let (left, right) = (Support::new(a.clone()), Support::new(b.clone()));
            let both = left.intersection(&right);
            for quarter in 0..260 {
                let t_s = f64::from(quarter) / 4.0;
                let (in_a, in_b) = (contains_slow(&a, t_s), contains_slow(&b, t_s));
                prop_assert_eq!(left.contains(t_s), in_a);
                prop_assert_eq!(both.contains(t_s), in_a && in_b);
            }
            prop_assert!(left.spans().windows(2).all(|pair| pair[0].stop_s < pair[1].start_s));
        }

        #[test]
        fn overlap_counts_the_shared_seconds(a in spans(), start in 0u8..50, length in 0u8..20) {
            let span = Span::new(f64::from(start), f64::from(start) + f64::from(length));
            let slow = (0..80).map(f64::from).filter(|&t| {
                contains_slow(&a, t) && span.start_s <= t && t < span.stop_s
            });
            prop_assert_eq!(Support::new(a.clone()).overlap_s(span), slow.count() as f64);
        }
    }

    #[test]
    fn nan_and_reversed_spans_are_nothing() {
        assert!(Support::new([Span::new(0.0, f64::NAN), Span::new(2.0, 1.0)]).is_empty());
    }
}
