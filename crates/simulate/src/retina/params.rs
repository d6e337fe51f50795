//! Parameters of `simulate.retina`.

use std::collections::BTreeMap;

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::battery::{BAR_DIRECTIONS, BAR_FRAMES, CHIRP_FRAMES, FRAMES_PER_S};
use super::cell_type::CellType;
use super::filters::Grid;
use super::movie::CLIP_FRAMES;
use super::population::Noise;
use crate::lists::MAX_VALUES;

/// Parameters of `simulate.retina`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetinaParams {
    /// Name of the recording.
    pub recording_id: String,
    /// Cells of every type. With `colour` there are 28 each of `green-UV` and `UV-green` besides, unless they are named here.
    pub cells: BTreeMap<CellType, usize>,
    /// Whether the screen has two channels, green and UV, as mice see them.
    pub colour: bool,
    /// Rows of the screen, pixels of 50 um.
    pub height: usize,
    /// Columns of the screen, pixels of 50 um.
    pub width: usize,
    /// Clips of 5 s of the movie that encoders are trained on, shown once.
    pub train_clips: usize,
    /// Clips of the movies that encoders are tested on.
    pub test_clips: usize,
    /// How often every test clip is shown.
    pub test_repeats: usize,
    /// How often chirp and bars are shown, 24 s each; 0 leaves them out.
    pub battery_repeats: usize,
    /// Standard deviation of the logarithm of the gain, which changes from repeat to repeat.
    pub gain_sd: f64,
    /// Standard deviation of the noise in every frame, in standard deviations of the cell's calcium signal.
    pub noise_sd: f64,
}

impl Default for RetinaParams {
    fn default() -> Self {
        Self {
            recording_id: "retina".into(),
            cells: CellType::COUNTS.into(),
            colour: false,
            height: 18,
            width: 16,
            train_clips: 50,
            test_clips: 5,
            test_repeats: 3,
            battery_repeats: 1,
            gain_sd: 0.1,
            noise_sd: 0.6,
        }
    }
}

impl RetinaParams {
    /// A small one, for tests: 60 cells of 4 types, 8 clips.
    pub fn reduced() -> Self {
        let types = [
            CellType::OnTransientSmall,
            CellType::OffTransientSmall,
            CellType::OnOffLocal,
            CellType::SuppressedByContrast,
        ];
        let cells = types.map(|kind| (kind, 15)).into();
        Self { cells, train_clips: 6, test_clips: 2, test_repeats: 2, ..Self::default() }
    }

    /// Cells of all types.
    pub fn n_cells(&self) -> usize {
        self.counts().values().fold(0_usize, |sum, &count| sum.saturating_add(count))
    }

    /// Cells of every type, those that compare colours included.
    pub fn counts(&self) -> BTreeMap<CellType, usize> {
        let mut counts = self.cells.clone();
        if self.colour {
            for (cell_type, count) in CellType::OPPONENT {
                counts.entry(cell_type).or_insert(count);
            }
        }
        counts
    }

    /// The screen.
    pub fn grid(&self) -> Grid {
        Grid { channels: if self.colour { 2 } else { 1 }, height: self.height, width: self.width }
    }

    /// Interval between frames, s.
    pub fn dt_s(&self) -> f64 {
        1.0 / FRAMES_PER_S
    }

    /// The noise of recordings.
    pub fn noise(&self) -> Noise {
        Noise { gain_sd: self.gain_sd, noise_sd: self.noise_sd }
    }

    /// Frames of all stimuli, each counted once.
    pub(super) fn n_frames(&self) -> u64 {
        let clips = (self.train_clips as u64).saturating_add(self.test_clips as u64);
        let battery = if self.battery_repeats > 0 { battery_frames() } else { 0 };
        clips.saturating_mul(CLIP_FRAMES as u64).saturating_add(battery)
    }

    /// Samples that are recorded of every cell.
    pub(super) fn n_samples(&self) -> u64 {
        let tests = (self.test_clips as u64).saturating_mul(self.test_repeats as u64);
        let clips = (self.train_clips as u64).saturating_add(tests);
        let battery = battery_frames().saturating_mul(self.battery_repeats as u64);
        clips.saturating_mul(CLIP_FRAMES as u64).saturating_add(battery)
    }
}

fn battery_frames() -> u64 {
    (CHIRP_FRAMES + BAR_DIRECTIONS * BAR_FRAMES) as u64
}

impl StepParams for RetinaParams {
    fn check(&self, issues: &mut ParamIssues) {
        const MOST: usize = 100_000;
        issues.require_name(Some(&self.recording_id), "recording_id");
        issues.require((1..=MOST).contains(&self.n_cells()), "cells", || {
            format!("must be between 1 and {MOST} in all, got {}", self.n_cells())
        });
        let opponent = self.cells.iter().find(|(cell_type, count)| cell_type.is_opponent() && **count > 0);
        if let Some((cell_type, _)) = opponent.filter(|_| !self.colour) {
            issues.require(false, "cells", || {
                format!("`{}` needs a screen with colour: set `colour: true`", cell_type.name())
            });
        }
        for (size, path) in [(self.height, "height"), (self.width, "width")] {
            issues
                .require((4..=64).contains(&size), path, || format!("must be between 4 and 64, got {size}"));
        }
        let counts = [
            (self.train_clips, 1, "train_clips"),
            (self.test_clips, 0, "test_clips"),
            (self.test_repeats, usize::from(self.test_clips > 0), "test_repeats"),
            (self.battery_repeats, 0, "battery_repeats"),
        ];
        for (count, least, path) in counts {
            issues.require((least..=1000).contains(&count), path, || {
                format!("must be between {least} and 1000, got {count}")
            });
        }
        for (value, path) in [(self.gain_sd, "gain_sd"), (self.noise_sd, "noise_sd")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        let samples = self.n_samples().saturating_mul(self.n_cells() as u64);
        let pixels = self.n_frames().saturating_mul(self.grid().n_values() as u64);
        for (n, what) in [(samples, "samples of responses"), (pixels, "pixels of stimuli")] {
            issues.require(n <= MAX_VALUES, "", || {
                format!("ask for {n} {what}; one table can hold {MAX_VALUES}")
            });
        }
    }
}
