//! What the user should know of a recording and that is no error.

/// One warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualityWarning {
    /// What sort of thing: `time_gap`, `all_nan`, ...
    pub code: &'static str,
    /// The neuron, column or field, if it is about one.
    pub object: Option<String>,
    /// Sample or row, from 0, if it is about one.
    pub position: Option<u64>,
    /// In words.
    pub message: String,
}

impl QualityWarning {
    /// A warning about a recording or source as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, object: None, position: None, message: message.into() }
    }

    /// A warning about a sample or row.
    pub fn at(code: &'static str, position: u64, message: impl Into<String>) -> Self {
        Self { position: Some(position), ..Self::new(code, message) }
    }

    /// The same, about `object`.
    #[must_use]
    pub fn about(self, object: impl Into<String>) -> Self {
        Self { object: Some(object.into()), ..self }
    }
}
