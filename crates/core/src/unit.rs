//! Physical units.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A unit, written with its usual symbol (`s`, `Hz`, `rad`); `1` is dimensionless.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unit(Cow<'static, str>);

impl Unit {
    /// Seconds.
    pub const SECOND: Unit = Unit(Cow::Borrowed("s"));
    /// Hertz.
    pub const HERTZ: Unit = Unit(Cow::Borrowed("Hz"));
    /// Radians.
    pub const RADIAN: Unit = Unit(Cow::Borrowed("rad"));
    /// Degrees of arc.
    pub const DEGREE: Unit = Unit(Cow::Borrowed("deg"));
    /// Metres.
    pub const METRE: Unit = Unit(Cow::Borrowed("m"));
    /// Volts.
    pub const VOLT: Unit = Unit(Cow::Borrowed("V"));
    /// A pure number: counts, ratios, scores.
    pub const ONE: Unit = Unit(Cow::Borrowed("1"));
    /// Arbitrary units, as of raw fluorescence.
    pub const ARBITRARY: Unit = Unit(Cow::Borrowed("a.u."));

    /// Reads a unit as files spell it: `seconds`, `Volts`, `radian`, `n/a` become `s`, `V`, `rad`, `a.u.`;
    /// anything unknown is kept as it is written.
    ///
    /// ```
    /// # use neuroloom_core::Unit;
    /// assert_eq!(Unit::parse("seconds"), Unit::SECOND);
    /// assert_eq!(Unit::parse("cm").as_str(), "cm");
    /// ```
    pub fn parse(text: &str) -> Unit {
        let symbol = match text.trim().to_ascii_lowercase().as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => "s",
            "hz" | "hertz" => "Hz",
            "rad" | "radian" | "radians" => "rad",
            "deg" | "degree" | "degrees" => "deg",
            "m" | "meter" | "meters" | "metre" | "metres" => "m",
            "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => "cm",
            "v" | "volt" | "volts" => "V",
            "1" | "ratio" | "dimensionless" | "count" | "counts" => "1",
            "" | "n/a" | "na" | "n.a." | "a.u." | "au" | "arbitrary" | "arb. units" | "unknown" | "none" => {
                "a.u."
            }
            _ => return Unit(Cow::Owned(text.trim().to_owned())),
        };
        Unit(Cow::Borrowed(symbol))
    }

    /// The symbol.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
