//! The stretch of time that a recording covers.

/// From the first to the last finite time seen, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Span(Option<(f64, f64)>);

impl Span {
    /// Stretches to `time_s`; what is not finite is no time.
    pub(crate) fn add(&mut self, time_s: f64) {
        if time_s.is_finite() {
            let (first, last) = self.0.unwrap_or((time_s, time_s));
            self.0 = Some((first.min(time_s), last.max(time_s)));
        }
    }

    /// Stretches over all of `times_s`.
    pub(crate) fn add_all(&mut self, times_s: &[f64]) {
        times_s.iter().for_each(|&time| self.add(time));
    }

    /// Stretches over `other`.
    pub(crate) fn join(&mut self, other: Span) {
        if let Some((first, last)) = other.0 {
            self.add(first);
            self.add(last);
        }
    }

    /// Last minus first, seconds; none if no time was seen.
    pub(crate) fn duration_s(self) -> Option<f64> {
        self.0.map(|(first, last)| last - first)
    }
}
