//! The precisions in which a tensor may be held.

use std::fmt::Debug;

use pulp::Simd;

/// A floating point type of tensor entries: `f32` or `f64`. Factors and sums are always `f64`.
pub trait Real: Copy + Debug + Default + PartialEq + PartialOrd + Send + Sync + 'static {
    /// Its name in parameters and tables.
    const NAME: &'static str;
    /// Relative errors below this are computed from the residual: the short formula would cancel.
    const SAFE_ERROR: f64;
    /// One.
    const ONE: Self;

    /// A vector of the processor.
    type Vector<S: Simd>: Copy;

    /// The value in 64 bits.
    fn to_f64(self) -> f64;
    /// The nearest value.
    fn from_f64(value: f64) -> Self;
    /// `max(self * other, 0)`.
    fn positive_product(self, other: Self) -> Self;

    /// All lanes at `value`.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// `a b + c`.
    fn mul_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// Whole vectors of `slice`.
    fn vectors<S: Simd>(slice: &[Self]) -> &[Self::Vector<S>];
    /// Whole vectors of `slice`.
    fn vectors_mut<S: Simd>(slice: &mut [Self]) -> &mut [Self::Vector<S>];
}

macro_rules! real {
    ($type:ty, $name:literal, $safe:literal, $vector:ident, $splat:ident, $mul_add:ident, $view:ident, $view_mut:ident) => {
        impl Real for $type {
            const NAME: &'static str = $name;
            const SAFE_ERROR: f64 = $safe;
            const ONE: Self = 1.0;

            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn positive_product(self, other: Self) -> Self {
                (self * other).max(0.0)
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }
            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }
            #[inline(always)]
            fn vectors<S: Simd>(slice: &[Self]) -> &[S::$vector] {
                S::$view(slice).0
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(slice: &mut [Self]) -> &mut [S::$vector] {
                S::$view_mut(slice).0
            }
        }
    };
}

real!(f32, "f32", 1e-3, f32s, splat_f32s, mul_add_f32s, as_simd_f32s, as_mut_simd_f32s);
real!(f64, "f64", 1e-6, f64s, splat_f64s, mul_add_f64s, as_simd_f64s, as_mut_simd_f64s);
