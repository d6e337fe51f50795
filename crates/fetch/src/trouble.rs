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
