//! Convolutions over space, time, or both as layers over one of them.

use neuroloom_core::{Error, Result};

use crate::import::chain::Chain;
use crate::network::{LayerSpec, MOST_CHANNELS};

/// A convolution as ONNX has it.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    /// Out and in.
    pub channels: [usize; 2],
    /// Rows and columns, with frames before them where there are any.
    pub kernel: Vec<usize>,
    /// Before every side, then behind every side; none of 0.
    pub pads: Vec<i64>,
    /// `[out][in][frame][row][column]`.
    pub weight: Vec<f64>,
    /// Of every channel out.
    pub offset: Option<Vec<f64>>,
}

/// Adds its layers: one over space, one over time, or one after the other.
///
/// # Errors
/// When its filters are not square, it pads in time or unevenly, or both layers would need too many channels.
pub(super) fn add(name: &str, given: Convolution, chain: &mut Chain) -> Result<()> {
    let [out, seen] = given.channels;
    let (taps, size, padding) = sides(name, &given)?;
    let Convolution { weight, offset, .. } = given;
    let at = |o: usize, i: usize, t: usize, place: usize| {
        weight[((o * seen + i) * taps + t) * size * size + place]
    };
    let places = size * size;
    if taps == 1 {
        let layer = LayerSpec::Spatial { channels: out, size, padding };
        let turned = each([out, places, seen], |[o, place, i]| at(o, i, 0, place));
        return chain.convolution(name, layer, turned, offset);
    }
    if size == 1 {
        let layer = LayerSpec::Temporal { channels: out, taps };
        let turned = each([out, taps, seen], |[o, t, i]| at(o, i, t, 0));
        return chain.convolution(name, layer, turned, offset);
    }
    // What every frame of every filter sees is a channel of its own; the layer in time adds them up.
    let both = out.checked_mul(taps).filter(|both| *both <= MOST_CHANNELS).ok_or_else(|| {
        Error::data("a convolution over space and time at once has too many filters")
            .at_object(name)
            .expected(format!("at most {MOST_CHANNELS} channels times frames"))
            .found(format!("{out} channels, {taps} frames"))
    })?;
    let turned =
        each([both, places, seen], |[channel, place, i]| at(channel / taps, i, channel % taps, place));
    chain.convolution(name, LayerSpec::Spatial { channels: both, size, padding }, turned, None)?;
    let sum = each([out, taps, both], |[o, t, channel]| if channel == o * taps + t { 1.0 } else { 0.0 });
    chain.convolution(name, LayerSpec::Temporal { channels: out, taps }, sum, offset)
}

/// Frames and side of its filters, and its padding in space.
fn sides(name: &str, given: &Convolution) -> Result<(usize, usize, usize)> {
    let wrong = |expected: &str| {
        Error::data("a convolution has another form than the layers of an encoder")
            .at_object(name)
            .expected(expected.to_owned())
            .found(format!("filters {:?}, pads {:?}", given.kernel, given.pads))
    };
    let (taps, size) = match *given.kernel.as_slice() {
        [rows, columns] if rows == columns => (1, rows),
        [taps, rows, columns] if rows == columns => (taps, rows),
        _ => return Err(wrong("square filters")),
    };
    if taps == 0 || size == 0 {
        return Err(wrong("filters with a value"));
    }
    if given.pads.is_empty() {
        return Ok((taps, size, 0));
    }
    let n_dims = given.kernel.len();
    let in_time = |pads: &[i64]| pads.len() == 2 || pads.first() == Some(&0);
    let (before, behind) = given.pads.split_at_checked(n_dims).ok_or_else(|| wrong("pads for every side"))?;
    let space = |pads: &[i64]| pads.get(n_dims - 2..).map(<[i64]>::to_vec).unwrap_or_default();
    let all = [space(before), space(behind)].concat();
    let [first, ..] = all.as_slice() else { return Err(wrong("pads for every side")) };
    let even = all.len() == 4 && all.iter().all(|pad| pad == first) && in_time(before) && in_time(behind);
    let padding = usize::try_from(*first).ok().filter(|_| even && behind.len() == n_dims);
    padding
        .map(|padding| (taps, size, padding))
        .ok_or_else(|| wrong("the same padding on all sides of the screen, and none in time"))
}

/// Values `[a][b][c]`.
fn each([a, b, c]: [usize; 3], f: impl Fn([usize; 3]) -> f64) -> Vec<f64> {
    let inner = move |i: usize, j: usize| (0..c).map(move |k| [i, j, k]);
    (0..a).flat_map(|i| (0..b).flat_map(move |j| inner(i, j))).map(f).collect()
}
