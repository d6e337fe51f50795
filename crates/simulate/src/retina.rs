//! `simulate.retina`: ganglion cells of known types under naturalistic movies.
//!
//! Types of cells ([`CellType`]) differ in polarity, size, time course, nonlinearity and colour; within a type their
//! parameters vary from cell to cell ([`Cell`]). They see movies that drift over images with the spectrum of natural
//! scenes, a chirp and moving bars ([`chirp`], [`bar`]); what is recorded is a slow calcium signal with noise
//! ([`Retina::record`]). For methods that sort cells into types by their responses: an encoder that is fitted to the
//! recording can be held against the cells themselves.
//!
//! ```
//! use neuroloom_core::Seed;
//! use neuroloom_simulate::retina::{Retina, RetinaParams, bar, training_movie};
//!
//! let params = RetinaParams::reduced();
//! let movie = training_movie(&params, Seed::root(1));
//! let retina = Retina::new(&params, movie.view(), Seed::root(1));
//! let rates = retina.rates(bar(params.grid(), 0).view(), false);
//! assert_eq!((rates.len(), rates[0].len()), (60, 90));
//! ```

mod battery;
mod cell;
mod cell_type;
mod figures;
mod filters;
mod movie;
mod params;
mod population;
mod responses;
mod step;
mod stimuli;
mod tables;

pub use battery::{BAR_DIRECTIONS, BAR_FRAMES, CHIRP_FRAMES, FRAMES_PER_S, bar, chirp};
pub use cell::{CONTRAST_TAU_FRAMES, Cell, ENERGY_FLOOR, OPPONENCY, RESTING_DRIVE, opponent_energy};
pub use cell_type::{CellType, Mechanism};
pub use filters::{Grid, TAPS, softplus};
pub use params::RetinaParams;
pub use population::{CALCIUM_TAU_FRAMES, Noise, Retina};
pub use responses::{RetinaResponsesParams, RetinaResponsesStep};
pub use step::RetinaStep;
pub use stimuli::{Stimulus, stimuli, training_movie};
pub use tables::read_cells;
