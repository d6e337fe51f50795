//! The items of an array.

use std::io::Read;

use neuroloom_core::{Error, Result};

use super::dtype::Dtype;
use super::header::Header;
use crate::numbers::{Endian, NumberType, Numbers};

/// An array; its items stand in C order, the last index running fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Extents; none of a scalar.
    pub shape: Vec<usize>,
    /// The items.
    pub values: Values,
}

/// Items of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; 16-bit floats are widened to 32 bits.
    Numbers(Numbers),
    /// Truth values.
    Bools(Vec<bool>),
    /// Text.
    Texts(Vec<String>),
}

impl Array {
    /// The numbers; truth values are 0 and 1.
    ///
    /// # Errors
    /// When the array holds text.
    pub fn numbers(&self) -> Result<std::borrow::Cow<'_, Numbers>> {
        use std::borrow::Cow;
        match &self.values {
            Values::Numbers(numbers) => Ok(Cow::Borrowed(numbers)),
            Values::Bools(bools) => Ok(Cow::Owned(Numbers::U8(bools.iter().map(|&b| u8::from(b)).collect()))),
            Values::Texts(_) => Err(Error::data("an array holds text").expected("numbers")),
        }
    }

    /// The numbers of an array of one dimension, or of one column or row.
    ///
    /// # Errors
    /// When it has more, or holds text.
    pub fn vector(&self) -> Result<std::borrow::Cow<'_, Numbers>> {
        match self.shape.as_slice() {
            [_] | [_, 1] | [1, _] => self.numbers(),
            shape => Err(Error::data("an array has too many dimensions")
                .expected("one dimension")
                .found(format!("{shape:?}"))),
        }
    }
}

/// Reads header and items from `source`, which has `length` bytes.
pub(super) fn read(source: &mut impl Read, length: u64) -> Result<Array> {
    let header = Header::read(source)?;
    header.check_length(length)?;
    let (Some(n_items), Some(n_bytes)) = (header.n_items(), header.data_bytes()) else {
        return Err(Error::internal("the length of an array was not checked"));
    };
    let mut bytes = Vec::new();
    let damaged = |found: String| {
        Error::data("the data of a NumPy array cannot be read")
            .expected(format!("{n_bytes} bytes"))
            .found(found)
    };
    // One byte more than there should be, so that the end is reached and an archive checks its checksum.
    source.take(n_bytes + 1).read_to_end(&mut bytes).map_err(|e| damaged(e.to_string()))?;
    if bytes.len() as u64 != n_bytes {
        return Err(damaged(format!("{} bytes", bytes.len())));
    }
    let values = decode(&bytes, header.dtype, n_items)?;
    let values = if header.fortran_order { in_c_order(values, &header.shape) } else { values };
    Ok(Array { shape: header.shape, values })
}

fn decode(bytes: &[u8], dtype: Dtype, n_items: usize) -> Result<Values> {
    Ok(match dtype {
        Dtype::Number(number_type, endian) => Values::Numbers(Numbers::decode(bytes, number_type, endian)),
        Dtype::Half(endian) => Values::Numbers(halves(bytes, endian)),
        Dtype::Bool => Values::Bools(bools(bytes)?),
        Dtype::Bytes(width) => Values::Texts(texts(bytes, width, n_items, |item| {
            String::from_utf8_lossy(item).trim_end_matches('\0').to_owned()
        })),
        Dtype::Unicode(_, endian) => {
            Values::Texts(texts(bytes, dtype.width(), n_items, |item| unicode(item, endian)))
        }
    })
}

fn bools(bytes: &[u8]) -> Result<Vec<bool>> {
    match bytes.iter().position(|&byte| byte > 1) {
        Some(i) => Err(Error::data("a truth value is neither 0 nor 1")
            .at_offset(i as u64)
            .found(bytes.get(i).copied().unwrap_or_default().to_string())),
        None => Ok(bytes.iter().map(|&byte| byte == 1).collect()),
    }
}

/// Texts of no width take no bytes; there are `n_items` of them, which the length of the file does not bound.
fn texts(bytes: &[u8], width: usize, n_items: usize, text: impl Fn(&[u8]) -> String) -> Vec<String> {
    const MOST_EMPTY: usize = 1 << 20;
    if width == 0 {
        return vec![String::new(); n_items.min(MOST_EMPTY)];
    }
    bytes.chunks(width).map(text).collect()
}

fn unicode(item: &[u8], endian: Endian) -> String {
    let Numbers::U32(codes) = Numbers::decode(item, NumberType::U32, endian) else { return String::new() };
    let chars = codes.iter().map(|&code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    chars.collect::<String>().trim_end_matches('\0').to_owned()
}

fn halves(bytes: &[u8], endian: Endian) -> Numbers {
    let Numbers::U16(bits) = Numbers::decode(bytes, NumberType::U16, endian) else {
        return Numbers::F32(Vec::new());
    };
    Numbers::F32(bits.into_iter().map(half).collect())
}

/// The value of a 16-bit float (IEEE 754 binary16): 1 bit sign, 5 bits exponent, 10 bits fraction.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    sign * match (exponent, fraction == 0.0) {
        (0, _) => fraction * 2_f32.powi(-24),
        (0x1f, true) => f32::INFINITY,
        (0x1f, false) => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

/// Items that stand with the first index fastest, with the last one fastest.
fn in_c_order(values: Values, shape: &[usize]) -> Values {
    let places = || FortranPlaces::new(shape);
    match values {
        Values::Numbers(numbers) => Values::Numbers(numbers.reordered(places())),
        Values::Bools(items) => Values::Bools(places().filter_map(|i| items.get(i).copied()).collect()),
        Values::Texts(items) => Values::Texts(places().filter_map(|i| items.get(i).cloned()).collect()),
    }
}

/// For each item in C order, its place in Fortran order.
struct FortranPlaces {
    /// Extent, stride and current index of each dimension.
    dimensions: Vec<(usize, usize, usize)>,
    place: usize,
    left: usize,
}

impl FortranPlaces {
    fn new(shape: &[usize]) -> Self {
        let mut stride = 1;
        let mut dimensions = Vec::with_capacity(shape.len());
        for &extent in shape {
            dimensions.push((extent, stride, 0));
            stride *= extent;
        }
        Self { dimensions, place: 0, left: stride }
    }
}

impl Iterator for FortranPlaces {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let current = self.place;
        for (extent, stride, index) in self.dimensions.iter_mut().rev() {
            *index += 1;
            self.place += *stride;
            if *index < *extent {
                break;
            }
            self.place -= *stride * *extent;
            *index = 0;
        }
        Some(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_widened() {
        let cases = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x0001, 2_f32.powi(-24)),
            (0x7bff, 65504.0),
            (0x3555, 0.333_251_95),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7e00).is_nan());
        assert_eq!(half(0xfc00), f32::NEG_INFINITY);
    }

    #[test]
    fn fortran_places_transpose() {
        assert_eq!(FortranPlaces::new(&[2, 3]).collect::<Vec<_>>(), [0, 2, 4, 1, 3, 5]);
        assert_eq!(FortranPlaces::new(&[]).collect::<Vec<_>>(), [0]);
        assert_eq!(FortranPlaces::new(&[0, 4]).count(), 0);
    }
}
