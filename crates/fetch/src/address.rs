//! Addresses on the web: http and https, nothing else.

use std::fmt;

use neuroloom_core::{Error, Result};
use serde::{Deserialize, Serialize};
use ureq::http::Uri;

/// An address that may be asked for: `http` or `https`, with a host, without a user name or a fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Uri);

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none, or of another scheme than `http` and `https`.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |why: String| {
            Error::data(why).at_object(text).expected("an address such as https://example.org/data/file.nwb")
        };
        if text.contains('#') {
            return Err(refused("an address of a file has no fragment".into()));
        }
        let uri: Uri = text.parse().map_err(|e| refused(format!("this is no address ({e})")))?;
        let authority = uri.authority().ok_or_else(|| refused("this address has no host".into()))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            _ => return Err(refused("only http and https are followed".into())),
        }
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(refused("this address needs a host and no user name".into()));
        }
        Ok(Self(uri))
    }

    /// Where a redirect from here leads to.
    ///
    /// # Errors
    /// When `location` is no address, of another scheme, or would leave https for http.
    pub fn redirected(&self, location: &str) -> Result<Self> {
        let location = location.split('#').next().unwrap_or_default();
        let next = Self::parse(&self.resolve(location))?;
        if self.is_secure() && !next.is_secure() {
            let error = Error::data("the server leads from https to http, where anybody may change the file");
            return Err(error.at_object(self.to_string()).found(next.to_string()));
        }
        Ok(next)
    }

    /// Host and port: what is meant by "one server".
    pub fn server(&self) -> String {
        self.0.authority().map(|authority| authority.as_str().to_ascii_lowercase()).unwrap_or_default()
    }

    /// The last segment of the path, if it may serve as the name of a file.
    pub fn file_name(&self) -> Option<&str> {
        self.0.path().rsplit('/').next().filter(|name| !name.is_empty() && !name.contains('%'))
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    fn is_secure(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// `location` as an absolute address (RFC 3986, section 5.3; dot segments are left to the server).
    fn resolve(&self, location: &str) -> String {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let has_scheme = location.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        if has_scheme {
            return location.to_owned();
        }
        if location.starts_with("//") {
            return format!("{scheme}:{location}");
        }
        let (server, path) = (self.server(), self.0.path());
        let folder = path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or("/");
        match location.chars().next() {
            None => self.to_string(),
            Some('/') => format!("{scheme}://{server}{location}"),
            Some('?') => format!("{scheme}://{server}{path}{location}"),
            Some(_) => format!("{scheme}://{server}{folder}{location}"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|e| e.to_string())
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_followed() {
        for bad in [
            "file:///etc/passwd",
            "ftp://a.org/x",
            "a.org/x",
            "/x",
            "",
            "https://u:p@a.org/x",
            "https://a/#x",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Address::parse("https://A.org:8443/x/y.h5?z=1").unwrap().server(), "a.org:8443");
    }

    #[test]
    fn redirects_are_resolved_against_where_they_come_from() {
        let from = Address::parse("http://a.org/data/x?v=1").unwrap();
        let cases = [
            ("http://b.org/y", "http://b.org/y"),
            ("https://b.org/y#part", "https://b.org/y"),
            ("//b.org/y", "http://b.org/y"),
            ("/y", "http://a.org/y"),
            ("y/z", "http://a.org/data/y/z"),
            ("?v=2", "http://a.org/data/x?v=2"),
            ("", "http://a.org/data/x?v=1"),
        ];
        for (location, expected) in cases {
            assert_eq!(from.redirected(location).unwrap().to_string(), expected, "{location}");
        }
    }

    #[test]
    fn a_redirect_neither_leaves_https_nor_the_web() {
        let from = Address::parse("https://a.org/x").unwrap();
        assert!(from.redirected("http://a.org/x").unwrap_err().to_string().contains("https to http"));
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x"] {
            assert!(from.redirected(bad).is_err(), "{bad}");
        }
    }
}
