//! Python literals: what NumPy puts into its headers and phy into its `params.py`. Text is parsed, never run.

use std::fmt;

/// Lists in tuples in dictionaries … deeper than this are refused.
const DEEPEST: usize = 16;

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    None,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// A tuple or a list.
    Sequence(Vec<Literal>),
    /// Pairs in their order.
    Dictionary(Vec<(Literal, Literal)>),
}

impl Literal {
    /// The value of a dictionary's text key; the last one where it repeats, as in Python.
    pub(crate) fn get(&self, key: &str) -> Option<&Literal> {
        let Self::Dictionary(pairs) = self else { return None };
        pairs
            .iter()
            .rfind(|(name, _)| matches!(name, Self::Text(text) if text == key))
            .map(|(_, value)| value)
    }

    /// A number of either type.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// A count.
    pub(crate) fn count(&self) -> Option<usize> {
        match self {
            Self::Integer(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }
}

/// What keeps a text from being a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoLiteral {
    /// Byte at which it goes wrong.
    pub(crate) at: usize,
    pub(crate) expected: &'static str,
}

impl fmt::Display for NoLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} is not {}", self.at, self.expected)
    }
}

/// The literal that `text` is, blanks and a comment behind it aside.
pub(crate) fn parse(text: &str) -> Result<Literal, NoLiteral> {
    let mut parser = Parser { text, at: 0 };
    let literal = parser.literal(0)?;
    parser.blanks();
    if parser.rest().is_empty() || parser.rest().starts_with('#') {
        Ok(literal)
    } else {
        Err(parser.expected("the end"))
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn expected(&self, expected: &'static str) -> NoLiteral {
        NoLiteral { at: self.at, expected }
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes `token` if it comes next.
    fn take(&mut self, token: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn literal(&mut self, depth: usize) -> Result<Literal, NoLiteral> {
        if depth > DEEPEST {
            return Err(self.expected("a literal of few levels"));
        }
        self.blanks();
        match self.rest().chars().next() {
            Some('(') => self.sequence("(", ")", depth),
            Some('[') => self.sequence("[", "]", depth),
            Some('{') => self.dictionary(depth),
            Some(c) if is_quote(c) || self.is_prefixed_text() => self.text().map(Literal::Text),
            Some(c) if c.is_ascii_digit() || matches!(c, '+' | '-' | '.') => self.number(),
            _ => self.word(),
        }
    }

    fn is_prefixed_text(&self) -> bool {
        let mut chars = self.rest().chars();
        matches!(chars.next(), Some('r' | 'R' | 'u' | 'U' | 'b')) && chars.next().is_some_and(is_quote)
    }

    fn word(&mut self) -> Result<Literal, NoLiteral> {
        let words = [("True", Literal::Bool(true)), ("False", Literal::Bool(false)), ("None", Literal::None)];
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let found = words.into_iter().find(|(word, _)| rest.get(..end) == Some(word));
        let (word, literal) = found.ok_or_else(|| self.expected("a literal"))?;
        self.at += word.len();
        Ok(literal)
    }

    /// In parentheses, one item without a comma behind it is that item.
    fn sequence(&mut self, open: &str, close: &str, depth: usize) -> Result<Literal, NoLiteral> {
        self.take(open);
        let mut items = Vec::new();
        let mut has_comma = false;
        while !self.take(close) {
            if !items.is_empty() && !has_comma {
                return Err(self.expected("a comma"));
            }
            items.push(self.literal(depth + 1)?);
            has_comma = self.take(",");
        }
        match items.pop() {
            Some(only) if open == "(" && items.is_empty() && !has_comma => Ok(only),
            last => {
                items.extend(last);
                Ok(Literal::Sequence(items))
            }
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Literal, NoLiteral> {
        self.take("{");
        let mut pairs = Vec::new();
        let mut has_comma = true;
        while !self.take("}") {
            if !has_comma {
                return Err(self.expected("a comma"));
            }
            let key = self.literal(depth + 1)?;
            if !self.take(":") {
                return Err(self.expected("a colon"));
            }
            pairs.push((key, self.literal(depth + 1)?));
            has_comma = self.take(",");
        }
        Ok(Literal::Dictionary(pairs))
    }

    fn text(&mut self) -> Result<String, NoLiteral> {
        let rest = self.rest();
        let prefix = rest.len() - rest.trim_start_matches(['r', 'R', 'u', 'U', 'b']).len();
        let is_raw = rest.get(..prefix).is_some_and(|prefix| prefix.contains(['r', 'R']));
        self.at += prefix;
        let quote =
            self.rest().chars().next().filter(|&c| is_quote(c)).ok_or_else(|| self.expected("a quote"))?;
        self.at += 1;
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                _ if c == quote => {
                    self.at += i + 1;
                    return Ok(text);
                }
                '\\' if !is_raw => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, escaped)) if is_quote(escaped) || escaped == '\\' => text.push(escaped),
                    // Python keeps the backslash of what it does not know, as in the paths of careless scripts.
                    Some((_, other)) => text.extend(['\\', other]),
                    None => break,
                },
                '\n' => break,
                _ => text.push(c),
            }
        }
        Err(self.expected("a text with its closing quote"))
    }

    fn number(&mut self) -> Result<Literal, NoLiteral> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let digits = rest.get(..end).unwrap_or_default().replace('_', "");
        // Python 2 wrote long integers as 5L.
        let digits = digits.strip_suffix('L').unwrap_or(&digits);
        let integer = digits.parse().map(Literal::Integer);
        // Rust reads words such as "inf" as floats, Python does not.
        let is_decimal =
            digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
        let float = || digits.parse().ok().filter(|_| is_decimal).map(Literal::Float);
        let literal = integer.ok().or_else(float).ok_or_else(|| self.expected("a number"))?;
        self.at += end;
        Ok(literal)
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_numpy_is_a_dictionary() {
        let header = parse("{'descr': '<f4', 'fortran_order': False, 'shape': (219, 2000L), }   \n").unwrap();
        assert_eq!(header.get("descr"), Some(&Literal::Text("<f4".into())));
        assert_eq!(header.get("fortran_order"), Some(&Literal::Bool(false)));
        let shape = Literal::Sequence(vec![Literal::Integer(219), Literal::Integer(2000)]);
        assert_eq!(header.get("shape"), Some(&shape));
    }

    #[test]
    fn tuples_of_one_and_parentheses_differ() {
        assert_eq!(parse("(3,)"), Ok(Literal::Sequence(vec![Literal::Integer(3)])));
        assert_eq!(parse("(3)"), Ok(Literal::Integer(3)));
        assert_eq!(parse("()"), Ok(Literal::Sequence(vec![])));
    }

    #[test]
    fn numbers_and_texts_are_read_as_python_reads_them() {
        assert_eq!(parse("30000.0 # Hz"), Ok(Literal::Float(30000.0)));
        assert_eq!(parse("3e4"), Ok(Literal::Float(30000.0)));
        assert_eq!(parse("1_000"), Ok(Literal::Integer(1000)));
        assert_eq!(parse(r"r'C:\data\new.dat'"), Ok(Literal::Text(r"C:\data\new.dat".into())));
        assert_eq!(parse(r#""a\"b""#), Ok(Literal::Text("a\"b".into())));
    }

    #[test]
    fn code_is_no_literal() {
        for text in [
            "__import__('os').system('x')",
            "1 + 1",
            "inf",
            "open('x')",
            "[1 2]",
            "{'a' 1}",
            "'open",
            "",
            "(",
            "Truely",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(100_000)).is_err());
    }
}
