//! What went wrong with one attempt, and whether another one may go better.

use std::io;
use std::time::Duration;

use neuroloom_core::{Error, ErrorKind};

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The network or the server may do better later; the server may have said when.
    Passing {
        /// What to report when it does not.
        error: Error,
        /// How long the server asked us to wait.
        wait: Option<Duration>,
    },
    /// Trying again changes nothing.
    Lasting(Error),
}

impl Trouble {
    /// The network failed.
    pub fn network(what: &str, cause: &io::Error) -> Self {
        Self::passing(Error::new(ErrorKind::Io, format!("{what}: {cause}")))
    }

    /// Something that may be better the next time.
    pub fn passing(error: Error) -> Self {
        Self::Passing { error, wait: None }
    }

    /// The same, with the place where it happened.
    pub fn at_object(self, object: &str) -> Self {
        match self {
            Self::Passing { error, wait } => Self::Passing { error: error.at_object(object), wait },
            Self::Lasting(error) => Self::Lasting(error.at_object(object)),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Lasting(error)
    }
}

impl From<ureq::Error> for Trouble {
    fn from(error: ureq::Error) -> Self {
        match error {
            // So says the TLS layer when it does not trust the server: no second attempt changes that.
            ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
                let error = Error::new(ErrorKind::Io, format!("the connection is not secure: {cause}"));
                error.hint("a proxy may have signed with a certificate of its own: download by hand").into()
            }
            ureq::Error::Io(cause) => Self::network("the connection failed", &cause),
            ureq::Error::Timeout(_) => {
                Self::passing(Error::new(ErrorKind::Io, format!("the server does not answer ({error})")))
            }
            ureq::Error::HostNotFound => {
                let error = Error::new(ErrorKind::Io, "the server's name is not known here");
                Self::passing(error.hint("is this computer online?"))
            }
            ureq::Error::ConnectionFailed => Self::passing(Error::new(ErrorKind::Io, error.to_string())),
            other => Self::Lasting(Error::new(ErrorKind::Io, format!("the request failed: {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_not_trusted_is_not_asked_again() {
        let of = |kind| Trouble::from(ureq::Error::Io(io::Error::new(kind, "unknown issuer")));
        assert!(matches!(of(io::ErrorKind::InvalidData), Trouble::Lasting(_)));
        assert!(matches!(of(io::ErrorKind::ConnectionReset), Trouble::Passing { .. }));
    }
}
