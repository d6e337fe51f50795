//! `--remote`.

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub struct RemoteArguments {
    /// What is behind the store: results that others put there are fetched, and ours are put there. `file:///path` of a
    /// shared folder, or `s3://bucket/prefix` where the program was built with the feature `object-store`.
    #[arg(long, value_name = "URL", env = "NEUROLOOM_REMOTE", hide_env_values = true, value_hint = ValueHint::Url)]
    pub remote: Option<String>,
}

impl RemoteArguments {
    /// The address, if one was given: a variable that is empty is as good as none.
    pub fn address(&self) -> Option<&str> {
        self.remote.as_deref().filter(|address| !address.is_empty())
    }
}
