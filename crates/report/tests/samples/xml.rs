//! A small check that text is well-formed XML: tags nest, attributes are quoted and unique, entities are known.

/// Panics with the place where `text` stops being well-formed; returns the attributes `(name, value)`.
pub fn attributes_of(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix("<!DOCTYPE html>\n").unwrap_or(text);
    let mut open: Vec<&str> = Vec::new();
    let mut attributes = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        check_text(&rest[..start]);
        let end =
            start + rest[start..].find('>').unwrap_or_else(|| panic!("open tag at {:.80}", &rest[start..]));
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closing tag before {rest:.80}");
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, list) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "tag {name:?}");
        attributes.extend(check_attributes(list));
        if name == "style" {
            let close = rest.find("</style>").expect("the style ends");
            rest = &rest[close..];
        }
        if !closed {
            open.push(name);
        }
    }
    check_text(rest);
    assert!(open.is_empty(), "left open: {open:?}");
    attributes
}

fn check_attributes(list: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("attribute {rest:?}"));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("value of {name:?}"));
        check_text(value);
        assert!(found.iter().all(|(other, _)| other != name), "{name} stands twice in {list:?}");
        found.push((name.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    found
}

fn check_text(text: &str) {
    assert!(!text.contains('>'), "stray > in {text:?}");
    assert!(text.chars().all(|c| !c.is_control() || "\t\n\r".contains(c)), "control character in {text:?}");
    for entity in text.split('&').skip(1) {
        let name = entity.split_once(';').map_or("", |(name, _)| name);
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "entity {entity:.20}");
    }
}
