//! Figures and the self-contained HTML report.
//!
//! [`figure::draw`] turns a [`Figure`](neuroloom_core::Figure) into an SVG, [`render`] turns a [`Report`] into
//! one HTML page that needs no network, and [`dag::svg`], [`dag::mermaid`] and [`dag::dot`] draw a pipeline.
//! Everything is text made from its input alone: the same input gives the same bytes.
//!
//! ```
//! use neuroloom_core::figure::{Axis, Content, Figure, Lines, Panel, Series};
//!
//! let curve = Series { name: "unit 3".into(), x: vec![0.0, 1.0, 2.0], y: vec![0.5, 4.0, 1.0] };
//! let figure = Figure::new("tuning", "Tuning curve", "Mean rate per direction.").panel(Panel {
//!     title: String::new(),
//!     x: Axis::new("head direction (rad)"),
//!     y: Axis::new("rate (Hz)"),
//!     content: Content::Lines(Lines { series: vec![curve] }),
//! });
//! let svg = neuroloom_report::figure::draw(&figure)?;
//! assert!(svg.starts_with("<svg") && svg.contains("head direction (rad)"));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod angle;
mod colour;
pub mod dag;
mod escape;
pub mod figure;
mod html;
mod model;
mod number;
mod png;
mod preview;
mod svg;
mod text;

pub use html::render;
pub use model::{ColumnSection, FigureSection, InputFile, Report, StepSection, StepStatus, TableSection};
pub use preview::{columns, preview};
