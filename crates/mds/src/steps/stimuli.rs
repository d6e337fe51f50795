//! Stimuli from and to tables.

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::stimulus::StimulusShape;

/// Largest number of values of one stimulus.
const MOST_VALUES: usize = 1 << 31;

/// A stimulus of a table, all channels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableStimulus {
    pub id: String,
    pub split: String,
    pub kind: String,
    pub cluster: Option<i64>,
    pub shape: StimulusShape,
    pub dt_s: f64,
    pub display: Option<(f64, f64)>,
    pub pixel_um: Option<f64>,
    /// Channel by channel, frame by frame, row by row.
    pub values: Vec<f64>,
}

/// The stimuli of a table, in its order.
///
/// # Errors
/// When channels of a stimulus differ, sizes do not multiply to the number of values, or a value is not finite.
pub(crate) fn read_stimuli(table: &Table) -> Result<Vec<TableStimulus>> {
    let mut stimuli: Vec<TableStimulus> = Vec::new();
    for row in 0..table.n_rows() {
        let next = read_channel(table, row)?;
        match stimuli.last_mut().filter(|last| last.id == next.id) {
            Some(last) => {
                let same =
                    StimulusShape { channels: 1, ..last.shape } == next.shape && last.dt_s == next.dt_s;
                if !same {
                    return Err(wrong(&next.id, "the channels of a stimulus differ in size or frame rate"));
                }
                last.shape.channels += 1;
                last.values.extend(next.values);
            }
            None => stimuli.push(next),
        }
    }
    Ok(stimuli)
}

fn read_channel(table: &Table, row: usize) -> Result<TableStimulus> {
    let text = |name: &str| -> Result<String> { Ok(table.text(name)?.get_or_empty(row).to_owned()) };
    let number = |name: &str| -> Result<Option<f64>> { Ok(table.numbers(name)?.get(row)) };
    let id = text("stimulus_id")?;
    let size = |name: &str| -> Result<usize> {
        let found = table.integers(name)?.value(row);
        usize::try_from(found).ok().filter(|&size| size > 0 && size < MOST_VALUES).ok_or_else(|| {
            wrong(&id, "a stimulus has a size that cannot be").expected(name).found(found.to_string())
        })
    };
    let shape = StimulusShape {
        channels: 1,
        frames: size("n_frames")?,
        height: size("height")?,
        width: size("width")?,
    };
    let values = table.lists("values")?.get(row).unwrap_or_default().into_owned();
    let wanted = shape.frames.checked_mul(shape.height).and_then(|n| n.checked_mul(shape.width));
    if wanted != Some(values.len()) {
        return Err(wrong(&id, "a stimulus has another number of values than its sizes say")
            .expected(format!("{} x {} x {}", shape.frames, shape.height, shape.width))
            .found(values.len().to_string()));
    }
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        return Err(wrong(&id, "a stimulus has a value that is not finite").at_offset(at as u64));
    }
    let dt_s = number("dt_s")?.filter(|dt_s| dt_s.is_finite() && *dt_s > 0.0);
    Ok(TableStimulus {
        split: text("split")?,
        kind: text("stimulus_kind")?,
        cluster: number("cluster")?.map(|cluster| cluster as i64),
        dt_s: dt_s.ok_or_else(|| wrong(&id, "a stimulus has no frame interval above 0"))?,
        display: number("display_offset")?.zip(number("display_scale")?),
        pixel_um: number("pixel_um")?,
        shape,
        values,
        id,
    })
}

fn wrong(id: &str, message: &str) -> Error {
    Error::data(message).at_object(format!("stimuli: {id}"))
}

/// What is on every screen alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Screen {
    pub shape: StimulusShape,
    pub dt_s: f64,
    pub display: Option<(f64, f64)>,
    pub pixel_um: Option<f64>,
}

/// The most discriminative stimuli as a table; stimulus `k` is that of cluster `k`.
pub(super) fn mds_table(screen: &Screen, stimuli: &[Vec<f32>]) -> Result<Table> {
    let Screen { shape, .. } = *screen;
    let rows: Vec<(usize, usize)> =
        (0..stimuli.len()).flat_map(|k| (0..shape.channels).map(move |channel| (k, channel))).collect();
    let n = rows.len();
    let digits = stimuli.len().saturating_sub(1).to_string().len();
    let count = |value: usize| std::iter::repeat_n(value as i64, n);
    let channel = |&(k, channel): &(usize, usize)| {
        let length = shape.channel_len();
        stimuli[k][channel * length..(channel + 1) * length].to_vec()
    };
    let name = |channel: usize| {
        if shape.channels == 1 { "contrast".to_owned() } else { format!("channel_{channel}") }
    };
    TableBuilder::new(kinds::STIMULI)
        .text("stimulus_id", rows.iter().map(|(k, _)| format!("mds_{k:0digits$}")))
        .integers("channel", rows.iter().map(|(_, channel)| *channel as i64))
        .text("channel_name", rows.iter().map(|(_, channel)| name(*channel)))
        .text("stimulus_kind", std::iter::repeat_n("mds", n))
        .text("split", std::iter::repeat_n("mds", n))
        .integers("cluster", rows.iter().map(|(k, _)| *k as i64))
        .integers("n_frames", count(shape.frames))
        .integers("height", count(shape.height))
        .integers("width", count(shape.width))
        .numbers("dt_s", std::iter::repeat_n(screen.dt_s, n))
        .optional_numbers("pixel_um", std::iter::repeat_n(screen.pixel_um, n))
        .optional_numbers("display_offset", std::iter::repeat_n(screen.display.map(|d| d.0), n))
        .optional_numbers("display_scale", std::iter::repeat_n(screen.display.map(|d| d.1), n))
        .lists_f32("values", rows.iter().map(channel))
        .finish()
}
