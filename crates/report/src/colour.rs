//! Colours: the perceptually ordered maps of values, and the series colours.

use std::f64::consts::TAU;
use std::fmt;

use neuroloom_core::figure::ColourScale;

use crate::angle::whole_turn;
use crate::number::is_drawable;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// The colour of a gap.
pub(crate) const GAP: Rgb = Rgb(0xd9, 0xdd, 0xe2);

/// Series colours that colour-blind readers tell apart (Okabe & Ito 2008, without black and yellow, which
/// vanish on dark or light paper).
const SERIES: [Rgb; 7] = [
    Rgb(0x00, 0x72, 0xb2),
    Rgb(0xd5, 0x5e, 0x00),
    Rgb(0x00, 0x9e, 0x73),
    Rgb(0xcc, 0x79, 0xa7),
    Rgb(0xe6, 0x9f, 0x00),
    Rgb(0x56, 0xb4, 0xe9),
    Rgb(0x88, 0x88, 0x88),
];

/// Viridis (van der Walt & Smith 2015) at nine equally spaced points.
const VIRIDIS: [Rgb; 9] = [
    Rgb(0x44, 0x01, 0x54),
    Rgb(0x47, 0x2d, 0x7b),
    Rgb(0x3b, 0x52, 0x8b),
    Rgb(0x2c, 0x72, 0x8e),
    Rgb(0x21, 0x91, 0x8c),
    Rgb(0x28, 0xae, 0x80),
    Rgb(0x5e, 0xc9, 0x62),
    Rgb(0xad, 0xdc, 0x30),
    Rgb(0xfd, 0xe7, 0x25),
];

/// Blue over white to red, lightness symmetric about the middle (after Brewer's RdBu).
const BLUE_RED: [Rgb; 9] = [
    Rgb(0x1b, 0x4f, 0x93),
    Rgb(0x3d, 0x89, 0xbe),
    Rgb(0x8c, 0xc1, 0xdc),
    Rgb(0xcf, 0xe4, 0xef),
    Rgb(0xf8, 0xf8, 0xf8),
    Rgb(0xfd, 0xda, 0xc6),
    Rgb(0xf3, 0xa3, 0x80),
    Rgb(0xd4, 0x5c, 0x4b),
    Rgb(0xa5, 0x15, 0x2a),
];

/// The colour of series number `index` of `n`: distinct colours for a few, a graded map for many.
pub(crate) fn series(index: usize, n: usize) -> Rgb {
    if n > 2 * SERIES.len() {
        return interpolate(&VIRIDIS, 0.92 * index as f64 / (n - 1) as f64);
    }
    SERIES.get(index % SERIES.len()).copied().unwrap_or(GAP)
}

/// Values to colours over a range.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColourMap {
    scale: ColourScale,
    /// The value of the first colour.
    pub(crate) min: f64,
    /// The value of the last colour.
    pub(crate) max: f64,
}

impl ColourMap {
    /// Number of colours of a map; index [`LEVELS`](Self::LEVELS) is the gap.
    pub(crate) const LEVELS: u8 = 255;

    /// A map over the values that can be drawn; `label` names the unit, which decides the period of a
    /// circular scale.
    pub(crate) fn over(values: &[f64], scale: ColourScale, label: &str) -> Self {
        let finite = || values.iter().copied().filter(|&value| is_drawable(value));
        let (low, high) =
            (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        let (min, max) = if low > high { (0.0, 1.0) } else { (low, high) };
        let (min, max) = match scale {
            ColourScale::Sequential => (min, max),
            ColourScale::Diverging => (-min.abs().max(max.abs()), min.abs().max(max.abs())),
            ColourScale::Circular => whole_turn(min, max, label).unwrap_or((min, max)),
        };
        if max > min { Self { scale, min, max } } else { Self { scale, min: min - 0.5, max: max + 0.5 } }
    }

    /// The level of a value, from 0; [`LEVELS`](Self::LEVELS) for a gap.
    pub(crate) fn level(&self, value: f64) -> u8 {
        if !is_drawable(value) {
            return Self::LEVELS;
        }
        let fraction = (value - self.min) / (self.max - self.min);
        (fraction.clamp(0.0, 1.0) * f64::from(Self::LEVELS - 1)).round() as u8
    }

    /// The colour of a level.
    pub(crate) fn colour(&self, level: u8) -> Rgb {
        if level == Self::LEVELS {
            return GAP;
        }
        let fraction = f64::from(level) / f64::from(Self::LEVELS - 1);
        match self.scale {
            ColourScale::Sequential => interpolate(&VIRIDIS, fraction),
            ColourScale::Diverging => interpolate(&BLUE_RED, fraction),
            ColourScale::Circular => hue(fraction),
        }
    }
}

fn interpolate(anchors: &[Rgb], fraction: f64) -> Rgb {
    let at = fraction.clamp(0.0, 1.0) * (anchors.len() - 1) as f64;
    let below = anchors.get(at.floor() as usize).copied().unwrap_or(GAP);
    let above = anchors.get(at.ceil() as usize).copied().unwrap_or(GAP);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * at.fract()).round() as u8;
    Rgb(mix(below.0, above.0), mix(below.1, above.1), mix(below.2, above.2))
}

/// A circle of hues in OKLCH (Ottosson 2020) whose lightness swings once per turn, so that a colour-blind
/// reader still sees opposite angles apart.
fn hue(fraction: f64) -> Rgb {
    let angle = TAU * (fraction + 0.04);
    let lightness = 0.67 + 0.11 * (angle - 1.7).cos();
    let (a, b) = (0.135 * angle.cos(), 0.135 * angle.sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    Rgb(
        gamma(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        gamma(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        gamma(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
    )
}

/// Linear light to an sRGB byte.
fn gamma(linear: f64) -> u8 {
    let clipped = linear.clamp(0.0, 1.0);
    let encoded =
        if clipped <= 0.003_130_8 { 12.92 * clipped } else { 1.055 * clipped.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Rgb) -> f64 {
        0.2126 * f64::from(colour.0) + 0.7152 * f64::from(colour.1) + 0.0722 * f64::from(colour.2)
    }

    #[test]
    fn the_sequential_map_grows_lighter_all_the_way() {
        let map = ColourMap::over(&[0.0, 1.0], ColourScale::Sequential, "");
        let light: Vec<f64> = (0..ColourMap::LEVELS).map(|level| luminance(map.colour(level))).collect();
        assert!(light.windows(2).all(|pair| pair[1] > pair[0] - 1.0));
        assert!(light[254] > light[0] + 150.0);
    }

    #[test]
    fn zero_is_the_white_middle_of_the_diverging_map() {
        let map = ColourMap::over(&[-1.0, 4.0], ColourScale::Diverging, "");
        assert_eq!((map.min, map.max), (-4.0, 4.0));
        assert_eq!(map.colour(map.level(0.0)), BLUE_RED[4]);
    }

    #[test]
    fn the_ends_of_the_circle_meet() {
        let map = ColourMap::over(&[0.1, 6.2], ColourScale::Circular, "direction (rad)");
        let (first, last) = (map.colour(map.level(0.0)), map.colour(map.level(TAU)));
        assert!(i32::from(first.0).abs_diff(i32::from(last.0)) <= 2, "{first} {last}");
        assert_eq!(ColourMap::over(&[-90.0, 170.0], ColourScale::Circular, "(deg)").max, 180.0);
    }

    #[test]
    fn gaps_and_constant_values_have_colours() {
        let map = ColourMap::over(&[2.0, f64::NAN, f64::INFINITY], ColourScale::Sequential, "");
        assert_eq!(map.colour(map.level(f64::NAN)), GAP);
        assert_eq!(map.colour(map.level(f64::INFINITY)), GAP);
        assert_eq!(map.level(2.0), 127);
        assert_eq!(map.level(-1e300), 0);
    }
}
