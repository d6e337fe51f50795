//! An answer, and what its head says.

use std::io::Read;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use neuroloom_core::{Error, ErrorKind};
use ureq::Body;
use ureq::http::header::{
    AsHeaderName, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, LAST_MODIFIED,
    RETRY_AFTER,
};
use ureq::http::{Response, StatusCode};

use crate::address::Address;
use crate::trouble::Trouble;

/// An answer whose body was not read yet.
pub(crate) struct Reply {
    address: Address,
    response: Response<Body>,
}

/// What tells one version of a file on a server from another: a strong ETag, or the time of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Validator(String);

/// The part of the file that an answer holds: `bytes 5-9/10`, or `bytes */10` when it holds none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContentRange {
    /// Its first byte.
    pub from: Option<u64>,
    /// Size of the whole file.
    pub total: Option<u64>,
}

impl Reply {
    pub fn new(address: Address, response: Response<Body>) -> Self {
        Self { address, response }
    }

    /// Where it came from in the end.
    pub fn address(&self) -> &Address {
        &self.address
    }

    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Bytes of the body, as announced.
    pub fn content_length(&self) -> Option<u64> {
        self.header(CONTENT_LENGTH)?.trim().parse().ok()
    }

    pub fn content_range(&self) -> Option<ContentRange> {
        ContentRange::parse(self.header(CONTENT_RANGE)?)
    }

    pub fn validator(&self) -> Option<Validator> {
        let strong = self.header(ETAG).filter(|tag| !tag.starts_with("W/"));
        strong.or_else(|| self.header(LAST_MODIFIED)).and_then(Validator::parse)
    }

    /// Whether a page for people came.
    pub fn is_web_page(&self) -> bool {
        self.header(CONTENT_TYPE).is_some_and(|kind| kind.trim_start().starts_with("text/html"))
    }

    /// Refuses a body that is compressed although we asked for it as it is.
    pub fn refuse_encoding(&self) -> Result<(), Error> {
        match self.header(CONTENT_ENCODING) {
            None | Some("identity" | "") => Ok(()),
            Some(other) => Err(Error::data("the server compresses the file on the way though asked not to")
                .at_object(self.address.to_string())
                .found(other)),
        }
    }

    /// What the status says went wrong.
    pub fn trouble(&self) -> Trouble {
        let status = self.status();
        let message =
            format!("the server says: {} {}", status.as_u16(), status.canonical_reason().unwrap_or(""));
        let error = Error::new(ErrorKind::Io, message.trim_end()).at_object(self.address.to_string());
        match status.as_u16() {
            408 | 425 | 429 | 500 | 502 | 503 | 504 => Trouble::Passing { error, wait: self.retry_after() },
            401 | 403 => error.hint("this file is not open to everybody, or no longer").into(),
            404 | 410 => error.hint("the file has moved: look on the source's page").into(),
            _ => error.into(),
        }
    }

    pub fn into_body(self) -> impl Read {
        self.response.into_body().into_reader()
    }

    /// `Retry-After`, in seconds or as a date; the date is measured by the server's own clock, not by ours.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = |text: &str| -> Option<Timestamp> { DateTimeParser::new().parse_timestamp(text).ok() };
        let seconds = date(text)?.as_second() - date(self.header(DATE)?)?.as_second();
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }
}

impl Validator {
    /// Takes a validator that may be sent back in a header.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits =
            !text.is_empty() && text.len() <= 1024 && text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContentRange {
    fn parse(text: &str) -> Option<Self> {
        let (range, total) = text.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
        let from = match range.trim() {
            "*" => None,
            range => Some(range.split_once('-')?.0.trim().parse().ok()?),
        };
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        Some(Self { from, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&str, &str)]) -> Reply {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let address = Address::parse("http://a.org/x").unwrap();
        Reply::new(address, response.body(Body::builder().data("")).unwrap())
    }

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        match reply(503, headers).trouble() {
            Trouble::Passing { wait, .. } => wait.map(|wait| wait.as_secs()),
            Trouble::Lasting(error) => panic!("{error}"),
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), date]), Some(10));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:27 GMT"), date]), Some(0));
        assert_eq!(wait(&[("retry-after", "soon"), date]), None);
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn content_ranges_are_read() {
        let range = |from, total| Some(ContentRange { from, total });
        assert_eq!(ContentRange::parse("bytes 5-9/10"), range(Some(5), Some(10)));
        assert_eq!(ContentRange::parse("bytes 5-9/*"), range(Some(5), None));
        assert_eq!(ContentRange::parse("bytes */10"), range(None, Some(10)));
        for bad in ["", "5-9/10", "bytes 5/10", "bytes x-9/10", "bytes 5-9/x"] {
            assert_eq!(ContentRange::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_weak_tag_is_no_validator_but_a_date_is() {
        let weak = ("etag", "W/\"1\"");
        assert_eq!(reply(200, &[weak]).validator(), None);
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let both = reply(200, &[weak, ("last-modified", date)]).validator();
        assert_eq!(both.unwrap().as_str(), date);
        assert_eq!(reply(200, &[("etag", "\"1\"")]).validator().unwrap().as_str(), "\"1\"");
        assert_eq!(Validator::parse("a\r\nb: c"), None);
    }
}
