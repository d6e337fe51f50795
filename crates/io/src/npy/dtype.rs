//! The types of NumPy's arrays.

use std::fmt;

use neuroloom_core::{Error, Result};

use crate::numbers::{Endian, NumberType};

/// The type of an array's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// Integers, or floats of 32 or 64 bits.
    Number(NumberType, Endian),
    /// Floats of 16 bits.
    Half(Endian),
    /// Truth values.
    Bool,
    /// Text of at most so many bytes.
    Bytes(usize),
    /// Text of at most so many characters.
    Unicode(usize, Endian),
}

impl Dtype {
    /// Reads a type as headers write it: `<f4`, `|b1`, `>i2`, `<U7`.
    ///
    /// # Errors
    /// When it is a type of objects, complex numbers, records or dates.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |message: &str| {
            Error::data(message)
                .expected("integers, floats, truth values or text")
                .found(format!("the type {text:?}"))
        };
        let (order, rest) = match text.split_at_checked(1) {
            Some((order @ ("<" | ">" | "|" | "="), rest)) => (order, rest),
            _ => ("|", text),
        };
        let endian = if order == ">" { Endian::Big } else { Endian::Little };
        let (kind, width) = rest.split_at_checked(1).unwrap_or(("", ""));
        if kind == "O" {
            return Err(refused("the array holds Python objects, which only running a pickle could restore")
                .hint("save the numbers as arrays of a plain type, with allow_pickle=False"));
        }
        let width: usize = width.parse().map_err(|_| refused("an array of an unknown type"))?;
        let number = |number_type| Ok(Self::Number(number_type, endian));
        match (kind, width) {
            ("f", 2) => Ok(Self::Half(endian)),
            ("f", 4) => number(NumberType::F32),
            ("f", 8) => number(NumberType::F64),
            ("i", 1) => number(NumberType::I8),
            ("i", 2) => number(NumberType::I16),
            ("i", 4) => number(NumberType::I32),
            ("i", 8) => number(NumberType::I64),
            ("u", 1) => number(NumberType::U8),
            ("u", 2) => number(NumberType::U16),
            ("u", 4) => number(NumberType::U32),
            ("u", 8) => number(NumberType::U64),
            ("b", 1) => Ok(Self::Bool),
            ("S" | "a", width) => Ok(Self::Bytes(width)),
            ("U", width) => Ok(Self::Unicode(width, endian)),
            ("c", _) => Err(refused("the array is complex").hint("save its real part")),
            _ => Err(refused("an array of a type that is not read")),
        }
    }

    /// Bytes of an item.
    pub fn width(self) -> usize {
        match self {
            Self::Number(number_type, _) => number_type.width(),
            Self::Half(_) => 2,
            Self::Bool => 1,
            Self::Bytes(n) => n,
            Self::Unicode(n, _) => n.saturating_mul(4),
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number_type, _) => f.write_str(number_type.name()),
            Self::Half(_) => f.write_str("float16"),
            Self::Bool => f.write_str("bool"),
            Self::Bytes(_) | Self::Unicode(..) => f.write_str("text"),
        }
    }
}
