//! The twelve data sets, and what is known of each beside its files.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A published data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Source {
    /// Dag et al. 2023, Cell 186:2574.
    #[serde(alias = "dag2023")]
    Dag2023,
    /// Atanas, Kim et al. 2023, Cell 186:4134.
    #[serde(alias = "flavell2023")]
    Flavell2023,
    /// Kaplan et al. 2020, Neuron 105:562.
    #[serde(alias = "kaplan2020")]
    Kaplan2020,
    /// Kato et al. 2015, Cell 163:656.
    #[serde(alias = "kato2015")]
    Kato2015,
    /// Randi et al. 2023, Nature 623:406, from the Leifer laboratory.
    #[serde(alias = "leifer2023")]
    Leifer2023,
    /// Lin et al. 2023.
    #[serde(alias = "lin2023")]
    Lin2023,
    /// Nejatbakhsh et al. 2020.
    #[serde(alias = "nejatbakhsh2020")]
    Nejatbakhsh2020,
    /// Nichols et al. 2017, Science 356:eaam6851.
    #[serde(alias = "nichols2017")]
    Nichols2017,
    /// Skora et al. 2018, Cell Reports 22:953.
    #[serde(alias = "skora2018")]
    Skora2018,
    /// Uzel et al. 2022, Current Biology 32:3443.
    #[serde(alias = "uzel2022")]
    Uzel2022,
    /// The recordings of the Venkatachalam laboratory, 2024.
    #[serde(alias = "venkatachalam2024")]
    Venkatachalam2024,
    /// Yemini et al. 2021, Cell 184:272.
    #[serde(alias = "yemini2021")]
    Yemini2021,
}

impl Source {
    /// All of them, by name.
    pub const ALL: [Self; 12] = [
        Self::Dag2023,
        Self::Flavell2023,
        Self::Kaplan2020,
        Self::Kato2015,
        Self::Leifer2023,
        Self::Lin2023,
        Self::Nejatbakhsh2020,
        Self::Nichols2017,
        Self::Skora2018,
        Self::Uzel2022,
        Self::Venkatachalam2024,
        Self::Yemini2021,
    ];

    /// Its name, as in `recordings.source`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dag2023 => "Dag2023",
            Self::Flavell2023 => "Flavell2023",
            Self::Kaplan2020 => "Kaplan2020",
            Self::Kato2015 => "Kato2015",
            Self::Leifer2023 => "Leifer2023",
            Self::Lin2023 => "Lin2023",
            Self::Nejatbakhsh2020 => "Nejatbakhsh2020",
            Self::Nichols2017 => "Nichols2017",
            Self::Skora2018 => "Skora2018",
            Self::Uzel2022 => "Uzel2022",
            Self::Venkatachalam2024 => "Venkatachalam2024",
            Self::Yemini2021 => "Yemini2021",
        }
    }

    /// The source called `name`, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name().eq_ignore_ascii_case(name))
    }

    /// Unit of its signal.
    pub fn signal_unit(self) -> &'static str {
        match self {
            Self::Dag2023 => "F/F20",
            Self::Flavell2023 => "z",
            Self::Kaplan2020 | Self::Kato2015 | Self::Nichols2017 | Self::Skora2018 | Self::Uzel2022 => {
                "dF/F0"
            }
            Self::Leifer2023
            | Self::Lin2023
            | Self::Nejatbakhsh2020
            | Self::Venkatachalam2024
            | Self::Yemini2021 => "a.u.",
        }
    }

    /// What is known of the licence of the files, where it is known.
    pub fn licence_note(self) -> Option<&'static str> {
        match self {
            Self::Dag2023 => Some("no licence is stated with the files"),
            Self::Flavell2023 => Some(
                "CC BY 3.0 US, wormwideweb.org: cite Atanas, Kim et al. 2023, doi:10.1016/j.cell.2023.07.035",
            ),
            _ => None,
        }
    }

    /// The files of recordings, as a pattern for messages.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Dag2023 => "*.h5",
            Self::Flavell2023 => "*.json or *.h5",
            Self::Leifer2023 => "*_gcamp.txt",
            Self::Nejatbakhsh2020 => "*.nwb",
            Self::Venkatachalam2024 => "*.zip or *.csv",
            _ => "*.mat",
        }
    }

    /// Whether a file of this name holds recordings, rather than something that belongs to them.
    pub fn is_recording(self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        let by_ending = match self {
            Self::Dag2023 => ends(&[".h5", ".hdf5"]),
            Self::Flavell2023 => {
                ends(&[".h5", ".hdf5"])
                    || (ends(&[".json"]) && name != NEURONS && !name.eq_ignore_ascii_case(DICTIONARY))
            }
            Self::Leifer2023 => ends(&["_gcamp.txt"]),
            Self::Nejatbakhsh2020 => ends(&[".nwb"]),
            Self::Venkatachalam2024 => ends(&[".zip", ".csv"]),
            _ => ends(&[".mat"]),
        };
        // Names with a dot in front are litter of file managers: `._worm.mat`.
        by_ending && !name.starts_with('.')
    }
}

/// The label dictionary of the Flavell laboratory's HDF5 files.
pub(crate) const DICTIONARY: &str = "NeuroPAL_labels_dict.json";
/// The names of the columns of `time_trace.json`.
pub(crate) const NEURONS: &str = "neurons.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_sorted() {
        assert_eq!(Source::of_name("dag2023"), Some(Source::Dag2023));
        assert_eq!(Source::of_name("dag"), None);
        assert!(Source::ALL.windows(2).all(|pair| pair[0].name() < pair[1].name()));
    }

    #[test]
    fn companions_are_no_recordings() {
        let is = |source: Source, name: &str| source.is_recording(Path::new(name));
        assert!(is(Source::Flavell2023, "a/time_trace.json") && !is(Source::Flavell2023, "a/neurons.json"));
        assert!(!is(Source::Flavell2023, DICTIONARY) && !is(Source::Leifer2023, "3_labels.txt"));
        assert!(!is(Source::Kato2015, "._WT_Stim.mat"));
    }
}
