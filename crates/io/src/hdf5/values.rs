//! Elements of a dataset in their stored type, and their conversion to the types that tables have.

/// Elements in their stored type, row-major.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// 8-bit signed integers.
    I8(Vec<i8>),
    /// 16-bit signed integers.
    I16(Vec<i16>),
    /// 32-bit signed integers.
    I32(Vec<i32>),
    /// 64-bit signed integers.
    I64(Vec<i64>),
    /// 8-bit unsigned integers.
    U8(Vec<u8>),
    /// 16-bit unsigned integers.
    U16(Vec<u16>),
    /// 32-bit unsigned integers.
    U32(Vec<u32>),
    /// 64-bit unsigned integers.
    U64(Vec<u64>),
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit floats.
    F64(Vec<f64>),
    /// Truth values.
    Bool(Vec<bool>),
    /// Strings.
    Text(Vec<String>),
    /// Paths of the objects referred to; none for a null reference or one to a lost object.
    References(Vec<Option<String>>),
}

#[cfg(feature = "hdf5-c")]
impl Values {
    /// No elements of a stored type; the C library refuses to read none.
    pub(super) fn nothing(dtype: &super::Dtype) -> Self {
        match dtype {
            super::Dtype::Bool => Self::Bool(Vec::new()),
            super::Dtype::Text(_) => Self::Text(Vec::new()),
            super::Dtype::Reference => Self::References(Vec::new()),
            _ => Self::F64(Vec::new()),
        }
    }
}

/// A type that numeric datasets are read as.
pub trait Number: Copy + Sized {
    /// Name for messages.
    const NAME: &'static str;

    /// A 64-bit signed integer as this type, if it fits.
    fn from_i64(value: i64) -> Option<Self>;
    /// A 64-bit unsigned integer as this type, if it fits.
    fn from_u64(value: u64) -> Option<Self>;
    /// A 64-bit float as this type, if it fits.
    fn from_f64(value: f64) -> Option<Self>;

    /// All of `values` as this type.
    ///
    /// # Errors
    /// The index of the first value that does not fit; `None` where the values are no numbers at all.
    fn convert(values: Values) -> Result<Vec<Self>, Option<usize>> {
        match values {
            Values::I8(values) => signed(&values),
            Values::I16(values) => signed(&values),
            Values::I32(values) => signed(&values),
            Values::I64(values) => signed(&values),
            Values::U8(values) => unsigned(&values),
            Values::U16(values) => unsigned(&values),
            Values::U32(values) => unsigned(&values),
            Values::U64(values) => unsigned(&values),
            Values::F32(values) => Self::from_singles(values),
            Values::F64(values) => Self::from_doubles(values),
            Values::Bool(values) => unsigned(&values),
            Values::Text(_) | Values::References(_) => Err(None),
        }
    }

    /// 32-bit floats as this type; overridden where they need no conversion and hence no copy.
    ///
    /// # Errors
    /// The index of the first value that does not fit.
    fn from_singles(values: Vec<f32>) -> Result<Vec<Self>, Option<usize>> {
        float(&values)
    }

    /// 64-bit floats as this type; overridden where they need no conversion and hence no copy.
    ///
    /// # Errors
    /// The index of the first value that does not fit.
    fn from_doubles(values: Vec<f64>) -> Result<Vec<Self>, Option<usize>> {
        float(&values)
    }
}

fn signed<T: Number, S: Copy + Into<i64>>(values: &[S]) -> Result<Vec<T>, Option<usize>> {
    each(values, |value| T::from_i64(value.into()))
}

fn unsigned<T: Number, S: Copy + Into<u64>>(values: &[S]) -> Result<Vec<T>, Option<usize>> {
    each(values, |value| T::from_u64(value.into()))
}

fn float<T: Number, S: Copy + Into<f64>>(values: &[S]) -> Result<Vec<T>, Option<usize>> {
    each(values, |value| T::from_f64(value.into()))
}

fn each<T, S: Copy>(values: &[S], convert: impl Fn(S) -> Option<T>) -> Result<Vec<T>, Option<usize>> {
    values.iter().enumerate().map(|(i, &value)| convert(value).ok_or(Some(i))).collect()
}

impl Number for f64 {
    const NAME: &'static str = "a number";

    fn from_i64(value: i64) -> Option<Self> {
        Some(value as f64)
    }

    fn from_u64(value: u64) -> Option<Self> {
        Some(value as f64)
    }

    fn from_f64(value: f64) -> Option<Self> {
        Some(value)
    }

    fn from_doubles(values: Vec<f64>) -> Result<Vec<Self>, Option<usize>> {
        Ok(values)
    }
}

impl Number for f32 {
    const NAME: &'static str = "a number";

    fn from_i64(value: i64) -> Option<Self> {
        Some(value as f32)
    }

    fn from_u64(value: u64) -> Option<Self> {
        Some(value as f32)
    }

    fn from_f64(value: f64) -> Option<Self> {
        Some(value as f32)
    }

    fn from_singles(values: Vec<f32>) -> Result<Vec<Self>, Option<usize>> {
        Ok(values)
    }
}

impl Number for i64 {
    const NAME: &'static str = "a 64-bit integer";

    fn from_i64(value: i64) -> Option<Self> {
        Some(value)
    }

    fn from_u64(value: u64) -> Option<Self> {
        value.try_into().ok()
    }

    fn from_f64(value: f64) -> Option<Self> {
        // Half-open: 2^63 itself does not fit, and every float below it that is whole does.
        let whole = value.trunc() == value
            && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
        whole.then_some(value as i64)
    }
}

impl Number for u64 {
    const NAME: &'static str = "an integer from 0";

    fn from_i64(value: i64) -> Option<Self> {
        value.try_into().ok()
    }

    fn from_u64(value: u64) -> Option<Self> {
        Some(value)
    }

    fn from_f64(value: f64) -> Option<Self> {
        let whole = value.trunc() == value && (0.0..18_446_744_073_709_551_616.0).contains(&value);
        whole.then_some(value as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_number_is_no_index() {
        assert_eq!(u64::convert(Values::I16(vec![3, -1])), Err(Some(1)));
    }

    #[test]
    fn a_fraction_is_no_integer() {
        assert_eq!(i64::convert(Values::F64(vec![2.0, 2.5])), Err(Some(1)));
        assert_eq!(i64::convert(Values::F64(vec![9.3e18])), Err(Some(0)));
        assert_eq!(i64::convert(Values::F64(vec![f64::NAN])), Err(Some(0)));
    }

    #[test]
    fn the_ends_of_the_ranges_hold() {
        assert_eq!(u64::convert(Values::U64(vec![u64::MAX])), Ok(vec![u64::MAX]));
        assert_eq!(i64::convert(Values::U64(vec![u64::MAX])), Err(Some(0)));
        assert_eq!(i64::convert(Values::I64(vec![i64::MIN])), Ok(vec![i64::MIN]));
    }

    #[test]
    fn text_is_no_number() {
        assert_eq!(f64::convert(Values::Text(vec!["1".into()])), Err(None));
    }
}
