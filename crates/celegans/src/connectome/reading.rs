//! One reading of a connection, as its source writes it.

use neuroloom_core::{Error, Result};

/// A row of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Place in the source, from 0.
    pub row: u64,
    /// Presynaptic or stimulated neuron, as written.
    pub pre: String,
    /// Postsynaptic or responding neuron, as written.
    pub post: String,
    /// Type of connection, as written.
    pub kind: String,
    /// Weight, as written.
    pub weight: f64,
    /// False discovery rate of a functional reading.
    pub q_value: Option<f64>,
}

/// What a type of connection means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingType {
    /// Gap junction: `electrical`, `GapJunction` (OpenWorm), `EJ` (Chklovskii).
    Gap,
    /// Chemical synapse: `chemical`, `Send` (OpenWorm), `Sp` (Chklovskii, polyadic).
    Chemical,
    /// Monadic chemical synapse, `S` (Chklovskii): the published pipeline overlooks it.
    MonadicChemical,
    /// Signal propagation: `functional`.
    Functional,
    /// Receiving side of what another row sends (`R`, `Rp`), or a synapse on muscle (`NMJ`).
    Ignored,
}

impl ReadingType {
    const WORDS: [(&'static str, Self); 11] = [
        ("chemical", Self::Chemical),
        ("electrical", Self::Gap),
        ("Send", Self::Chemical),
        ("GapJunction", Self::Gap),
        ("S", Self::MonadicChemical),
        ("Sp", Self::Chemical),
        ("EJ", Self::Gap),
        ("R", Self::Ignored),
        ("Rp", Self::Ignored),
        ("NMJ", Self::Ignored),
        ("functional", Self::Functional),
    ];
}

impl Reading {
    /// What its type means.
    ///
    /// # Errors
    /// When the word is not one that the known sources use.
    pub fn reading_type(&self) -> Result<ReadingType> {
        let word = self.kind.trim();
        let known = ReadingType::WORDS.iter().find(|(known, _)| *known == word);
        known.map(|(_, meaning)| *meaning).ok_or_else(|| {
            Error::data("the type of a connection is unknown")
                .at_object("type")
                .at_offset(self.row)
                .expected(ReadingType::WORDS.map(|(word, _)| word).join(", "))
                .found(self.kind.clone())
        })
    }

    /// Whether it is a significant response, `q < threshold`; readings without a q-value are.
    ///
    /// # Errors
    /// When the q-value is outside `[0, 1]`.
    pub(super) fn is_significant(&self, threshold: f64) -> Result<bool> {
        match self.q_value {
            Some(q) if !q.is_nan() && !(0.0..=1.0).contains(&q) => {
                Err(Error::data("a q-value is not a probability")
                    .at_object("q_value")
                    .at_offset(self.row)
                    .expected("0 to 1")
                    .found(q.to_string()))
            }
            // NaN: the pair was not tested
            Some(q) => Ok(q < threshold),
            None => Ok(true),
        }
    }
}
