//! Movies and what was recorded.

/// A movie that was shown once, or the mean over its repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// Its name.
    pub id: String,
    /// `[channel][frame][pixel]`.
    pub frames: Vec<f32>,
    /// Frames.
    pub n_frames: usize,
    /// Responses `[frame][neuron]`.
    pub traces: Vec<f32>,
}

/// A movie for the test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestClip {
    /// The movie and the mean response.
    pub clip: Clip,
    /// Responses `[repeat][frame * neuron]`.
    pub repeats: Vec<Vec<f32>>,
}

/// All movies of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Movies {
    /// Channels, rows and columns.
    pub screen: [usize; 3],
    /// Neurons.
    pub n_units: usize,
    /// For the fit.
    pub train: Vec<Clip>,
    /// For the test.
    pub test: Vec<TestClip>,
}

impl Movies {
    /// Values of a frame of one channel.
    pub fn n_pixels(&self) -> usize {
        self.screen[1] * self.screen[2]
    }

    /// Mean response of every neuron over the clips for the fit.
    pub fn means(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.n_units];
        let mut frames = 0_u32;
        for row in self.train.iter().flat_map(|clip| clip.traces.chunks_exact(self.n_units.max(1))) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
            frames += 1;
        }
        sums.iter().map(|sum| sum / f64::max(frames.into(), 1.0)).collect()
    }
}
