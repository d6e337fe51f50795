//! May a program download this? The licence is asked before the network.

use neuroloom_core::{Error, Result};

use crate::catalogue::{Automation, Source};

/// What stands between a user and a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nothing: its licence allows it, and its bytes are known.
    Automatic,
    /// Nobody vouches for its bytes; the user may accept that.
    Unverified,
    /// Its files must be chosen on its page.
    ByHand,
    /// Its licence, or the lack of one.
    Forbidden,
}

impl Permission {
    /// Of `source`.
    pub fn of(source: &Source) -> Self {
        match source.automate {
            Automation::Forbidden => Self::Forbidden,
            Automation::Allowed if source.files.is_empty() => Self::ByHand,
            Automation::Allowed if source.files.iter().all(|file| file.digest.is_known()) => Self::Automatic,
            Automation::Allowed => Self::Unverified,
        }
    }

    /// A word for a list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Automatic => "yes",
            Self::Unverified => "unverified",
            Self::ByHand => "by hand",
            Self::Forbidden => "no",
        }
    }
}

/// Whether `source` may be downloaded by this program.
///
/// # Errors
/// When its licence forbids it, which nothing overrides; when its files must be chosen by hand; when no digest is known
/// and `accept_unverified` is not set. The error says how to get the source then.
pub fn permission(source: &Source, accept_unverified: bool) -> Result<()> {
    let refused = |why: String| Error::params(why).at_object(source.id.clone());
    let reason = source.reason.as_deref().unwrap_or("its files must be chosen on its page");
    match Permission::of(source) {
        Permission::Automatic => Ok(()),
        Permission::Unverified if accept_unverified => Ok(()),
        Permission::Forbidden => Err(refused(format!("no program may download this source: {reason}"))
            .found(format!("licence: {}", source.licence))
            .hint(by_hand(source))),
        Permission::ByHand => {
            Err(refused(format!("this source is downloaded by hand: {reason}")).hint(by_hand(source)))
        }
        Permission::Unverified => {
            let addresses: Vec<String> = source.files.iter().map(|file| file.address.to_string()).collect();
            let hint = format!(
                "get it by hand from {}, or add --accept-unverified: then the digest that was found is written down",
                addresses.join(", ")
            );
            Err(refused(
                "no digest of this source is known, so nobody could tell whether the right bytes came".into(),
            )
            .hint(hint))
        }
    }
}

fn by_hand(source: &Source) -> String {
    format!(
        "open {}, decide for yourself, and read the files with `{}`",
        source.landing, source.reads_with.step
    )
}
