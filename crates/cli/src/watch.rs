//! Watching a run: bars on a terminal, plain lines elsewhere, JSON for machines.

mod bars;
mod json_lines;
mod plain;

use std::io::IsTerminal;

use neuroloom_pipeline::observer::Observer;

/// How a run is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Bars with the time left, on a terminal.
    Bars,
    /// A line per step, for logs.
    Plain,
    /// A line of JSON per event, on standard output.
    Json,
}

impl Watch {
    /// Bars where somebody looks, lines where not.
    pub fn choose(json: bool, quiet: bool) -> Self {
        match (json, quiet || !std::io::stderr().is_terminal()) {
            (true, _) => Self::Json,
            (false, true) => Self::Plain,
            (false, false) => Self::Bars,
        }
    }

    /// The observer of a run of `tasks` tasks.
    pub fn observer(self, tasks: usize) -> Box<dyn Observer> {
        match self {
            Self::Bars => Box::new(bars::Bars::new(tasks)),
            Self::Plain => Box::new(plain::Plain::new(tasks)),
            Self::Json => Box::new(json_lines::JsonLines),
        }
    }
}

/// A bar for work whose length is known only when it begins.
pub struct Counter(Option<indicatif::ProgressBar>);

impl Counter {
    /// Shown where somebody looks.
    pub fn new(label: &'static str, json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        Self(shown.then(|| indicatif::ProgressBar::new(0).with_prefix(label)))
    }

    /// One more of `total` is done.
    pub fn advance(&self, total: usize) {
        if let Some(bar) = &self.0 {
            bar.set_length(total as u64);
            bar.inc(1);
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// `0.3 s`, `12 s`, `4 min 05 s`.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 99.5 => format!("{s:.0} s"),
        s => format!("{:.0} min {:02.0} s", (s / 60.0).floor(), s % 60.0),
    }
}
