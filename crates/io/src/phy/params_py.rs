//! `params.py`, read as text.

use std::path::Path;

use neuroloom_core::{Result, files};

use crate::python_literal::{self, Literal};

/// What phy's `params.py` says. A line that assigns something else than a literal says nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParamsPy {
    /// Samples per second, Hz.
    pub sample_rate_hz: Option<f64>,
    /// The raw recordings.
    pub dat_path: Vec<String>,
    /// Channels of the raw recording.
    pub n_channels: Option<usize>,
}

impl ParamsPy {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it is absent or no text.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self::parse(&files::read_text(path)?))
    }

    /// Takes the literals that the lines of `text` assign; of several the last.
    pub fn parse(text: &str) -> Self {
        let mut params = Self::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once('=') else { continue };
            let Ok(literal) = python_literal::parse(value) else { continue };
            match name.trim() {
                "sample_rate" => params.sample_rate_hz = literal.number(),
                "n_channels_dat" => params.n_channels = literal.count(),
                "dat_path" => params.dat_path = texts(literal),
                _ => {}
            }
        }
        params
    }
}

fn texts(literal: Literal) -> Vec<String> {
    match literal {
        Literal::Text(text) => vec![text],
        Literal::Sequence(items) => items.into_iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_taken_and_code_is_not_run() {
        let text = "import os\ndat_path = ['a.dat', r'b\\c.dat']\nn_channels_dat = 385\ndtype = 'int16'\noffset = 0\n\
                    sample_rate = 30000.  # Hz\nhp_filtered = False\n";
        let params = ParamsPy::parse(text);
        assert_eq!(params.sample_rate_hz, Some(30_000.0));
        assert_eq!(
            (params.n_channels, params.dat_path),
            (Some(385), vec!["a.dat".into(), r"b\c.dat".into()])
        );
        let code = ParamsPy::parse("sample_rate = float(open('rate').read())\n  n_channels_dat = 2 * 16\n");
        assert_eq!(code, ParamsPy::default());
    }
}
