//! The little of XML that a workbook needs.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

/// Why a part cannot be understood, in words.
pub(super) type Fault = String;

/// A fault of the XML reader in words.
pub(super) fn fault(error: &dyn std::fmt::Display) -> Fault {
    format!("its XML is damaged: {error}")
}

/// The attribute of `element` whose local name is `name`.
pub(super) fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    // The check for repeats takes quadratic time, and the first one of a name will do.
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(resolved(found.value))
}

/// Adds the characters of `event` to `text`, where it has some.
pub(super) fn push(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(characters) => text.push_str(characters),
        Event::CData(characters) => text.push_str(characters),
        Event::GeneralRef(reference) => text.push_str(&entity(reference)),
        _ => {}
    }
}

/// `&amp;` and the like in the value of an attribute.
fn resolved(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.contains('&') {
        return value;
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value.as_ref();
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let (name, tail) = after.split_once(';').unwrap_or((after, ""));
        text.push_str(&entity(name));
        rest = tail;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// What `&name;` stands for; an unknown one stays as it is written.
fn entity(name: &str) -> String {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let character = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(|code| match code.strip_prefix('x') {
            Some(hexadecimal) => number(hexadecimal, 16),
            None => number(code, 10),
        }),
    };
    character.map_or_else(|| format!("&{name};"), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_resolved_and_strangers_stay() {
        assert_eq!(resolved("a &amp; b &#65;&#x42; &foo;".into()), "a & b AB &foo;");
        assert_eq!(resolved("plain".into()), "plain");
    }
}
