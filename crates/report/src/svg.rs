//! A canvas that collects SVG elements.

use std::fmt::Display;

use crate::escape::escape;
use crate::number::coordinate as n;
use crate::text::FONTS;

/// The ink of a figure on white paper. A page overrides it with CSS `color`.
const INK: &str = "#1f2933";

/// Elements in the order in which they are painted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Canvas(String);

/// Where the x of a text lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    content: &'a str,
    x: f64,
    y: f64,
    size: f64,
    anchor: Anchor,
    rotation: f64,
    bold: bool,
    muted: bool,
    halo: bool,
}

impl<'a> Text<'a> {
    pub(crate) fn new(content: &'a str, x: f64, y: f64, size: f64) -> Self {
        let anchor = Anchor::Start;
        Self { content, x, y, size, anchor, rotation: 0.0, bold: false, muted: false, halo: false }
    }

    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// Turned clockwise about its anchor, degrees.
    pub(crate) fn rotate(self, rotation: f64) -> Self {
        Self { rotation, ..self }
    }

    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) fn muted(self) -> Self {
        Self { muted: true, ..self }
    }

    /// With an edge in the colour of the paper, to be read over lines.
    pub(crate) fn halo(self) -> Self {
        Self { halo: true, ..self }
    }
}

impl Canvas {
    /// A rectangle; `style` is a list of attributes.
    pub(crate) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), style: impl Display) {
        let (x, y, width, height) = (n(x), n(y), n(width.max(0.0)), n(height.max(0.0)));
        self.push(format_args!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" {style}/>"#));
    }

    /// A straight line.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), style: impl Display) {
        let (x1, y1, x2, y2) = (n(from.0), n(from.1), n(to.0), n(to.1));
        self.push(format_args!(r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {style}/>"#));
    }

    /// A path of SVG path commands.
    pub(crate) fn path(&mut self, commands: &str, style: impl Display) {
        self.push(format_args!(r#"<path d="{commands}" {style}/>"#));
    }

    /// A disc with a tooltip, unless that is empty.
    pub(crate) fn disc(&mut self, (x, y): (f64, f64), radius: f64, style: impl Display, tooltip: &str) {
        let (x, y, radius) = (n(x), n(y), n(radius));
        if tooltip.is_empty() {
            self.push(format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}" {style}/>"#));
        } else {
            let tooltip = escape(tooltip);
            self.push(format_args!(
                r#"<circle cx="{x}" cy="{y}" r="{radius}" {style}><title>{tooltip}</title></circle>"#
            ));
        }
    }

    /// An image from a `data:` URI, stretched without smoothing.
    pub(crate) fn image(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), uri: &str, smooth: bool) {
        let (x, y, width, height) = (n(x), n(y), n(width), n(height));
        let rendering = if smooth { "" } else { r#" style="image-rendering:pixelated""# };
        self.push(format_args!(
            r#"<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none"{rendering} href="{uri}"/>"#
        ));
    }

    /// A line of text.
    pub(crate) fn text(&mut self, text: Text<'_>) {
        let (x, y) = (n(text.x), n(text.y));
        let mut style = format!(r#"font-size="{}""#, n(text.size));
        match text.anchor {
            Anchor::Start => {}
            Anchor::Middle => style.push_str(r#" text-anchor="middle""#),
            Anchor::End => style.push_str(r#" text-anchor="end""#),
        }
        if text.rotation != 0.0 {
            style.push_str(&format!(r#" transform="rotate({} {x} {y})""#, n(text.rotation)));
        }
        if text.bold {
            style.push_str(r#" font-weight="600""#);
        }
        if text.muted {
            style.push_str(r#" fill-opacity="0.66""#);
        }
        if text.halo {
            style.push_str(r##" class="halo" stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##);
        }
        let content = escape(text.content);
        self.push(format_args!(r#"<text x="{x}" y="{y}" {style}>{content}</text>"#));
    }

    /// Another canvas with its origin at (x, y).
    pub(crate) fn place(&mut self, (x, y): (f64, f64), other: &Canvas) {
        self.push(format_args!(r#"<g transform="translate({} {})">{}</g>"#, n(x), n(y), other.0));
    }

    /// Another canvas, painted over this one.
    pub(crate) fn append(&mut self, other: &Canvas) {
        self.0.push_str(&other.0);
    }

    /// Another canvas with attributes on the group around it.
    pub(crate) fn group(&mut self, style: impl Display, other: &Canvas) {
        self.push(format_args!("<g {style}>{}</g>", other.0));
    }

    /// Another canvas with a tooltip.
    pub(crate) fn tooltip(&mut self, tooltip: &str, other: &Canvas) {
        self.push(format_args!("<g><title>{}</title>{}</g>", escape(tooltip), other.0));
    }

    /// Another canvas as a link to `target`.
    pub(crate) fn link(&mut self, target: &str, other: &Canvas) {
        self.push(format_args!(r#"<a href="{}">{}</a>"#, escape(target), other.0));
    }

    /// The finished document. `class` names it to a page's CSS, `label` to a screen reader.
    pub(crate) fn document(
        &self,
        (width, height): (f64, f64),
        class: &str,
        label: &str,
        about: &str,
    ) -> String {
        let (width, height) = (n(width.ceil()), n(height.ceil()));
        let about = if about.is_empty() { String::new() } else { format!("<desc>{}</desc>", escape(about)) };
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" class="{class}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{label}" color="{INK}" fill="currentColor" font-family="{FONTS}">{about}<rect class="paper" width="{width}" height="{height}" fill="#fff"/>{body}</svg>"##,
            label = escape(label),
            body = self.0,
        )
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.0.push_str(&element.to_string());
    }
}
