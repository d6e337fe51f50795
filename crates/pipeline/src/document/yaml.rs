//! YAML text to a located tree. Whatever the text is, this ends soon, in bounded memory, without a panic.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, Span};

use super::findings::{Findings, Place, SourceId};
use super::node::{Entry, Map, Node, Value};
use super::scalars;

/// Levels of lists and maps; deeper ones would overflow the stack of whoever walks the tree.
pub(super) const DEPTH_LIMIT: usize = 64;

/// Bytes that aliases, merge keys or variables may add to a document.
pub(super) const COPY_LIMIT: usize = 16 << 20;

/// Where a text stands in its source: a value on the command line follows its path.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub source: SourceId,
    /// Characters before the first line of the text.
    pub indent: usize,
}

/// The one document in `text`. `None` when it cannot be read, which is reported.
pub(super) fn parse(text: &str, origin: Origin, findings: &mut Findings) -> Option<Node> {
    // Editors put a byte order mark before the text; it is no part of it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        Reader { origin, findings, anchors: HashMap::new(), open: Vec::new(), copied: 0, root: None };
    reader.read(text).ok()?;
    reader.root
}

/// Reading cannot go on; the reason is reported.
struct Unreadable;

struct Reader<'a> {
    origin: Origin,
    findings: &'a mut Findings,
    anchors: HashMap<usize, Node>,
    open: Vec<Open>,
    copied: usize,
    root: Option<Node>,
}

/// A collection that has begun.
struct Open {
    place: Place,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { map: Map, key: Option<(String, Place)>, merged: Vec<Node> },
}

impl Reader<'_> {
    fn read(&mut self, text: &str) -> Result<(), Unreadable> {
        let mut options = Options::default();
        options.disallow_directives = true;
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(text, options) {
            match event {
                Ok((event, span)) => self.event(&event, &span)?,
                Err(error) => {
                    let place = self.place(&Span::empty(*error.marker()));
                    if *error.kind() == ErrorKind::RecursionLimitExceeded {
                        return self.too_deep(place);
                    }
                    return self.give_up(place, format!("this is not YAML: {}", error.info()), None);
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event<'_>, span: &Span) -> Result<(), Unreadable> {
        let place = self.place(span);
        if let Some(tag) = event.tag().filter(|tag| !tag.is_yaml_core_schema_tag("str")) {
            let at = span.tag_span().map_or(place, |span| self.place(&span));
            let message = format!("the tag `{}` is not part of the language", tag.original());
            self.findings.error(at, message).hint("remove it; quotes make a value text");
        }
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                let hint = "put the second document into its own file and name it in `extends`";
                self.give_up(place, "a second document begins here", Some(hint))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = *style == ScalarStyle::Plain && tag.is_none();
                self.scalar(text, plain, *anchor, place)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(place, *anchor, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                let content = Content::Map { map: Map::default(), key: None, merged: Vec::new() };
                self.begin(place, *anchor, content)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(*anchor, place),
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, text: &str, plain: bool, anchor: usize, place: Place) -> Result<(), Unreadable> {
        let awaits_key =
            matches!(self.open.last(), Some(Open { content: Content::Map { key: None, .. }, .. }));
        let value = match plain && !awaits_key {
            true => scalars::resolve(text).unwrap_or_else(|why| {
                self.findings.error(place, why).hint("quote it if it is meant as text");
                Value::Broken
            }),
            false => Value::Text(text.to_owned()),
        };
        self.finish(Node { value, place }, anchor)
    }

    fn begin(&mut self, place: Place, anchor: usize, content: Content) -> Result<(), Unreadable> {
        if let Some(Open { content: Content::Map { key: None, .. }, .. }) = self.open.last() {
            return self.give_up(place, "a key must be text, found a list or a map", None);
        }
        if self.open.len() >= DEPTH_LIMIT {
            return self.too_deep(place);
        }
        self.open.push(Open { place, anchor, content });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        let Some(Open { place, anchor, content }) = self.open.pop() else { return Ok(()) };
        let value = match content {
            Content::List(items) => Value::List(items),
            Content::Map { map, merged, .. } => Value::Map(self.merge(map, merged)?),
        };
        self.finish(Node { value, place }, anchor)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Unreadable> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return self.give_up(place, "this alias stands inside the value that it repeats", None);
        };
        self.charge(&node, place)?;
        if self.open.len() + node.height() > DEPTH_LIMIT {
            return self.too_deep(place);
        }
        self.finish(node, 0)
    }

    /// Puts a complete node where it belongs.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Unreadable> {
        if anchor != 0 {
            self.charge(&node, node.place)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { map, key, merged }) => match key.take() {
                None => {
                    let Some(text) = node.scalar_text() else {
                        return self.give_up(node.place, "a key must be text", None);
                    };
                    if let Some(first) = map.entry(&text) {
                        let line = first.key_place.line;
                        let message = format!("the key `{text}` stands here a second time");
                        self.findings
                            .error(node.place, message)
                            .hint(format!("the first one is in line {line}"));
                    }
                    *key = Some((text, node.place));
                }
                Some((text, _)) if text == "<<" => merged.push(node),
                // Of two entries with one key the first stays.
                Some((text, _)) if map.entry(&text).is_some() => {}
                Some((key, key_place)) => map.insert(Entry { key, key_place, value: node }),
            },
        }
        Ok(())
    }

    /// Fills in what the merge keys of a map offer: own entries win, then earlier ones.
    fn merge(&mut self, mut map: Map, merged: Vec<Node>) -> Result<Map, Unreadable> {
        let sources = merged.into_iter().flat_map(|node| match node.value {
            Value::List(items) => items,
            _ => vec![node],
        });
        for node in sources {
            let Some(source) = node.expect_map("what `<<` merges", self.findings) else { continue };
            for entry in source.entries() {
                if map.entry(&entry.key).is_none() {
                    map.insert(entry.clone());
                }
            }
        }
        Ok(map)
    }

    fn charge(&mut self, node: &Node, place: Place) -> Result<(), Unreadable> {
        self.copied = self.copied.saturating_add(node.weight());
        if self.copied <= COPY_LIMIT {
            return Ok(());
        }
        let message =
            format!("anchors and aliases blow this document up to more than {} MiB", COPY_LIMIT >> 20);
        self.give_up(place, message, None)
    }

    fn too_deep(&mut self, place: Place) -> Result<(), Unreadable> {
        self.give_up(place, format!("lists and maps are nested deeper than {DEPTH_LIMIT} levels"), None)
    }

    fn give_up(
        &mut self,
        at: Place,
        message: impl Into<String>,
        hint: Option<&str>,
    ) -> Result<(), Unreadable> {
        self.findings.error(at, message).hint_if(hint.map(str::to_owned));
        Err(Unreadable)
    }

    fn place(&self, span: &Span) -> Place {
        let indent = if span.start.line() == 1 { self.origin.indent } else { 0 };
        let one_line = span.start.line() == span.end.line();
        Place {
            source: self.origin.source,
            line: span.start.line().max(1),
            column: span.start.col() + indent + 1,
            length: if one_line { span.end.col().saturating_sub(span.start.col()).max(1) } else { 1 },
        }
    }
}
