use super::Spheres;
use crate::{Result, RsaError};

/// Which channels a searchlight sees from every centre.
#[derive(Clone, Debug)]
pub enum Neighbourhoods {
    /// Spheres about the channels.
    Spheres(Spheres),
    /// A list of channels per centre, ascending.
    Listed(Vec<Vec<usize>>),
}

impl Neighbourhoods {
    /// Neighbourhoods from lists of channels, `[n_centres]`; their order does not matter.
    ///
    /// # Errors
    /// A channel that stands twice in a list, or is not among the `n_channels`.
    pub fn listed(mut lists: Vec<Vec<usize>>, n_channels: usize) -> Result<Self> {
        for (centre, list) in lists.iter_mut().enumerate() {
            list.sort_unstable();
            let twice = list.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
            let absent = list.last().copied().filter(|&channel| channel >= n_channels);
            if let Some(channel) = twice.or(absent) {
                return Err(RsaError::Neighbour { centre, channel });
            }
        }
        Ok(Self::Listed(lists))
    }

    /// Number of centres.
    pub fn n_centres(&self) -> usize {
        match self {
            Self::Spheres(spheres) => spheres.n_centres(),
            Self::Listed(lists) => lists.len(),
        }
    }

    /// Writes the channels around `centre` into `members`, ascending.
    pub fn members_into(&self, centre: usize, members: &mut Vec<usize>) {
        match self {
            Self::Spheres(spheres) => spheres.members_into(centre, members),
            Self::Listed(lists) => {
                members.clear();
                members.extend(lists.get(centre).into_iter().flatten());
            }
        }
    }
}
