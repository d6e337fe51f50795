//! Typed vectors of numbers, as formats store them.

use neuroloom_core::{Error, Result};

/// Order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

macro_rules! numbers {
    ($($variant:ident $native:ident $bytes:literal $name:literal),+ $(,)?) => {
        /// The type of a stored number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum NumberType {
            $(#[doc = concat!("`", $name, "`")] $variant),+
        }

        /// Numbers in the type that the file stores.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Numbers {
            $(#[doc = concat!("Of type `", $name, "`")] $variant(Vec<$native>)),+
        }

        impl NumberType {
            /// Bytes of one number.
            pub const fn width(self) -> usize {
                match self { $(Self::$variant => $bytes),+ }
            }

            /// Its name: `float64`, `uint8`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl Numbers {
            /// The numbers in `bytes`; an incomplete last one is left out.
            pub fn decode(bytes: &[u8], number_type: NumberType, endian: Endian) -> Self {
                match number_type {
                    $(NumberType::$variant => Self::$variant(decode(bytes, |word: [u8; $bytes]| match endian {
                        Endian::Little => $native::from_le_bytes(word),
                        Endian::Big => $native::from_be_bytes(word),
                    }))),+
                }
            }

            /// The type.
            pub fn number_type(&self) -> NumberType {
                match self { $(Self::$variant(_) => NumberType::$variant),+ }
            }

            /// How many there are.
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(values) => values.len()),+ }
            }

            /// The number at `index` as a 64-bit float; integers above 2^53 are rounded.
            pub fn get(&self, index: usize) -> Option<f64> {
                match self { $(Self::$variant(values) => values.get(index).map(|&value| value as f64)),+ }
            }

            /// All of them as 64-bit floats; integers above 2^53 are rounded.
            pub fn to_f64(&self) -> Vec<f64> {
                match self { $(Self::$variant(values) => values.iter().map(|&value| value as f64).collect()),+ }
            }

            /// The numbers in another order: item `i` is item `order(i)` of these. Items out of range are left out.
            pub(crate) fn reordered(&self, order: impl Iterator<Item = usize>) -> Self {
                match self {
                    $(Self::$variant(values) => {
                        Self::$variant(order.filter_map(|i| values.get(i).copied()).collect())
                    }),+
                }
            }

            /// The same numbers in the type `target`: none where one of them cannot be held by an integer type.
            pub(crate) fn cast(self, target: NumberType) -> Option<Self> {
                if self.number_type() == target {
                    return Some(self);
                }
                match target { $(NumberType::$variant => self.collect_as::<$native>().map(Self::$variant)),+ }
            }

            fn collect_as<T: Target>(&self) -> Option<Vec<T>> {
                match self { $(Self::$variant(values) => values.iter().map(|&value| value.into_target()).collect()),+ }
            }
        }

        $(impl Source for $native {
            fn into_target<T: Target>(self) -> Option<T> {
                source!($native, self)
            }
        })+
    };
}

/// A float passes as a float only, an integer as what it fits into.
macro_rules! source {
    (f32, $value:expr) => {
        T::of_float(f64::from($value))
    };
    (f64, $value:expr) => {
        T::of_float($value)
    };
    ($native:ident, $value:expr) => {
        T::of_integer(i128::from($value))
    };
}

numbers! {
    F32 f32 4 "float32",
    F64 f64 8 "float64",
    I8 i8 1 "int8",
    I16 i16 2 "int16",
    I32 i32 4 "int32",
    I64 i64 8 "int64",
    U8 u8 1 "uint8",
    U16 u16 2 "uint16",
    U32 u32 4 "uint32",
    U64 u64 8 "uint64",
}

impl Numbers {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them as integers.
    ///
    /// # Errors
    /// When one is no whole number that 64 bits hold; its index is the offset of the error.
    pub fn to_i64(&self) -> Result<Vec<i64>> {
        match self {
            Self::I64(values) => return Ok(values.clone()),
            Self::F32(_) | Self::F64(_) => {}
            integers => {
                if let Some(values) = integers.collect_as() {
                    return Ok(values);
                }
            }
        }
        self.to_f64().into_iter().enumerate().map(|(i, value)| whole(i, value)).collect()
    }
}

fn whole(index: usize, value: f64) -> Result<i64> {
    // 2^63 itself is the first float that does not fit.
    if value.fract() == 0.0 && value.abs() < 2_f64.powi(63) {
        return Ok(value as i64);
    }
    Err(Error::data("a number is no whole number of 64 bits")
        .at_offset(index as u64)
        .expected("an integer")
        .found(value.to_string()))
}

fn decode<T, const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|&word| number(word)).collect()
}

trait Source: Copy {
    fn into_target<T: Target>(self) -> Option<T>;
}

trait Target: Sized {
    fn of_integer(value: i128) -> Option<Self>;
    fn of_float(value: f64) -> Option<Self>;
}

macro_rules! float_target {
    ($($native:ident)+) => {
        $(impl Target for $native {
            fn of_integer(value: i128) -> Option<Self> {
                // Through 64 bits, for which processors have instructions.
                i64::try_from(value).map(|value| value as Self).or_else(|_| u64::try_from(value).map(|value| value as Self)).ok()
            }

            fn of_float(value: f64) -> Option<Self> {
                Some(value as Self)
            }
        })+
    };
}

macro_rules! integer_target {
    ($($native:ident)+) => {
        $(impl Target for $native {
            fn of_integer(value: i128) -> Option<Self> {
                Self::try_from(value).ok()
            }

            fn of_float(_: f64) -> Option<Self> {
                None
            }
        })+
    };
}

float_target!(f32 f64);
integer_target!(i8 i16 i32 i64 u8 u16 u32 u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_either_order() {
        let bytes = [0x01, 0x02, 0xff, 0xfe, 0x00];
        assert_eq!(
            Numbers::decode(&bytes, NumberType::U16, Endian::Little),
            Numbers::U16(vec![0x0201, 0xfeff])
        );
        assert_eq!(Numbers::decode(&bytes, NumberType::I16, Endian::Big), Numbers::I16(vec![0x0102, -2]));
    }

    #[test]
    fn integers_are_cast_only_where_they_fit() {
        let numbers = Numbers::I16(vec![-1, 200]);
        assert_eq!(numbers.clone().cast(NumberType::F64), Some(Numbers::F64(vec![-1.0, 200.0])));
        assert_eq!(numbers.cast(NumberType::U8), None);
        assert_eq!(Numbers::F64(vec![1.0]).cast(NumberType::U8), None);
        assert_eq!(
            Numbers::U64(vec![u64::MAX]).cast(NumberType::F64),
            Some(Numbers::F64(vec![u64::MAX as f64]))
        );
    }

    #[test]
    fn only_whole_numbers_are_integers() {
        assert_eq!(Numbers::F64(vec![3.0, -2.0]).to_i64().unwrap(), [3, -2]);
        assert!(Numbers::F64(vec![0.5]).to_i64().is_err());
        assert!(Numbers::F64(vec![f64::NAN]).to_i64().is_err());
        assert!(Numbers::F64(vec![1e19]).to_i64().is_err());
        assert!(Numbers::U64(vec![u64::MAX]).to_i64().is_err());
    }
}
