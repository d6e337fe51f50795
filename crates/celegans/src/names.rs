//! The 300 neurons of the hermaphrodite that all sources are brought to.
//!
//! CANL and CANR are not among them (Cook et al. 2019 count them as end organs); AWC is AWCL and AWCR.

use crate::Profile;

/// All names in ascending byte order; numbers are not padded, so `AS10` stands before `AS2`.
pub const NAMES: [&str; 300] = [
    "ADAL", "ADAR", "ADEL", "ADER", "ADFL", "ADFR", "ADLL", "ADLR", "AFDL", "AFDR", "AIAL", "AIAR", "AIBL",
    "AIBR", "AIML", "AIMR", "AINL", "AINR", "AIYL", "AIYR", "AIZL", "AIZR", "ALA", "ALML", "ALMR", "ALNL",
    "ALNR", "AQR", "AS1", "AS10", "AS11", "AS2", "AS3", "AS4", "AS5", "AS6", "AS7", "AS8", "AS9", "ASEL",
    "ASER", "ASGL", "ASGR", "ASHL", "ASHR", "ASIL", "ASIR", "ASJL", "ASJR", "ASKL", "ASKR", "AUAL", "AUAR",
    "AVAL", "AVAR", "AVBL", "AVBR", "AVDL", "AVDR", "AVEL", "AVER", "AVFL", "AVFR", "AVG", "AVHL", "AVHR",
    "AVJL", "AVJR", "AVKL", "AVKR", "AVL", "AVM", "AWAL", "AWAR", "AWBL", "AWBR", "AWCL", "AWCR", "BAGL",
    "BAGR", "BDUL", "BDUR", "CEPDL", "CEPDR", "CEPVL", "CEPVR", "DA1", "DA2", "DA3", "DA4", "DA5", "DA6",
    "DA7", "DA8", "DA9", "DB1", "DB2", "DB3", "DB4", "DB5", "DB6", "DB7", "DD1", "DD2", "DD3", "DD4", "DD5",
    "DD6", "DVA", "DVB", "DVC", "FLPL", "FLPR", "HSNL", "HSNR", "I1L", "I1R", "I2L", "I2R", "I3", "I4", "I5",
    "I6", "IL1DL", "IL1DR", "IL1L", "IL1R", "IL1VL", "IL1VR", "IL2DL", "IL2DR", "IL2L", "IL2R", "IL2VL",
    "IL2VR", "LUAL", "LUAR", "M1", "M2L", "M2R", "M3L", "M3R", "M4", "M5", "MCL", "MCR", "MI", "NSML",
    "NSMR", "OLLL", "OLLR", "OLQDL", "OLQDR", "OLQVL", "OLQVR", "PDA", "PDB", "PDEL", "PDER", "PHAL", "PHAR",
    "PHBL", "PHBR", "PHCL", "PHCR", "PLML", "PLMR", "PLNL", "PLNR", "PQR", "PVCL", "PVCR", "PVDL", "PVDR",
    "PVM", "PVNL", "PVNR", "PVPL", "PVPR", "PVQL", "PVQR", "PVR", "PVT", "PVWL", "PVWR", "RIAL", "RIAR",
    "RIBL", "RIBR", "RICL", "RICR", "RID", "RIFL", "RIFR", "RIGL", "RIGR", "RIH", "RIML", "RIMR", "RIPL",
    "RIPR", "RIR", "RIS", "RIVL", "RIVR", "RMDDL", "RMDDR", "RMDL", "RMDR", "RMDVL", "RMDVR", "RMED", "RMEL",
    "RMER", "RMEV", "RMFL", "RMFR", "RMGL", "RMGR", "RMHL", "RMHR", "SAADL", "SAADR", "SAAVL", "SAAVR",
    "SABD", "SABVL", "SABVR", "SDQL", "SDQR", "SIADL", "SIADR", "SIAVL", "SIAVR", "SIBDL", "SIBDR", "SIBVL",
    "SIBVR", "SMBDL", "SMBDR", "SMBVL", "SMBVR", "SMDDL", "SMDDR", "SMDVL", "SMDVR", "URADL", "URADR",
    "URAVL", "URAVR", "URBL", "URBR", "URXL", "URXR", "URYDL", "URYDR", "URYVL", "URYVR", "VA1", "VA10",
    "VA11", "VA12", "VA2", "VA3", "VA4", "VA5", "VA6", "VA7", "VA8", "VA9", "VB1", "VB10", "VB11", "VB2",
    "VB3", "VB4", "VB5", "VB6", "VB7", "VB8", "VB9", "VC1", "VC2", "VC3", "VC4", "VC5", "VC6", "VD1", "VD10",
    "VD11", "VD12", "VD13", "VD2", "VD3", "VD4", "VD5", "VD6", "VD7", "VD8", "VD9",
];

const CLASSES: [&str; 117] = [
    "ADA", "ADE", "ADF", "ADL", "AFD", "AIA", "AIB", "AIM", "AIN", "AIY", "AIZ", "ALA", "ALM", "ALN", "AQR",
    "AS", "ASE", "ASG", "ASH", "ASI", "ASJ", "ASK", "AUA", "AVA", "AVB", "AVD", "AVE", "AVF", "AVG", "AVH",
    "AVJ", "AVK", "AVL", "AVM", "AWA", "AWB", "AWC", "BAG", "BDU", "CEP", "DA", "DB", "DD", "DVA", "DVB",
    "DVC", "FLP", "HSN", "I1", "I2", "I3", "I4", "I5", "I6", "IL1", "IL2", "LUA", "M1", "M2", "M3", "M4",
    "M5", "MC", "MI", "NSM", "OLL", "OLQ", "PDA", "PDB", "PDE", "PHA", "PHB", "PHC", "PLM", "PLN", "PQR",
    "PVC", "PVD", "PVM", "PVN", "PVP", "PVQ", "PVR", "PVT", "PVW", "RIA", "RIB", "RIC", "RID", "RIF", "RIG",
    "RIH", "RIM", "RIP", "RIR", "RIS", "RIV", "RMD", "RME", "RMF", "RMG", "RMH", "SAA", "SAB", "SDQ", "SIA",
    "SIB", "SMB", "SMD", "URA", "URB", "URX", "URY", "VA", "VB", "VC", "VD",
];

/// Place of `name` in [`NAMES`], if it is one of them.
///
/// ```
/// assert_eq!(neuroloom_celegans::names::slot("ADAL"), Some(0));
/// assert_eq!(neuroloom_celegans::names::slot("CANL"), None);
/// ```
pub fn slot(name: &str) -> Option<usize> {
    NAMES.binary_search(&name).ok()
}

/// The name of the list that equals `name`.
pub fn canonical(name: &str) -> Option<&'static str> {
    slot(name).and_then(|slot| NAMES.get(slot)).copied()
}

/// Class of a neuron: the longest class name that it starts with (`RMDDL` is of class `RMD`).
///
/// ```
/// assert_eq!(neuroloom_celegans::names::class("IL2VR"), Some("IL2"));
/// ```
pub fn class(name: &str) -> Option<&'static str> {
    slot(name)?;
    CLASSES.iter().filter(|class| name.starts_with(**class)).max_by_key(|class| class.len()).copied()
}

/// `VB02` → `VB2`: takes the zero out of the padded number of a motor neuron of the ventral cord,
/// `^(AS|D[ABD]|V[ABCD])0(\d)$`. Other names stay as they are.
pub fn without_zero_padding(name: &str) -> Option<String> {
    let (class, number) = name.split_at_checked(2)?;
    let padded = matches!(class, "AS" | "DA" | "DB" | "DD" | "VA" | "VB" | "VC" | "VD");
    let digit = number.strip_prefix('0')?;
    let one_digit = matches!(digit.as_bytes(), [digit] if digit.is_ascii_digit());
    (padded && one_digit).then(|| format!("{class}{digit}"))
}

/// The transmitter as one spelling: published sheets have both `Ach` and `ACh`.
pub fn transmitter(written: &str) -> &str {
    if written.eq_ignore_ascii_case("ach") { "ACh" } else { written }
}

/// Name in the list for the two functional names of AWC in the signal propagation atlas. Its file keeps five bytes of
/// a name, which cuts the last letter off AWCOFF; the published pipeline does not know the cut name and loses the
/// neuron.
pub fn of_functional_atlas(name: &str, profile: Profile) -> &str {
    match (name, profile) {
        ("AWCOFF", _) | ("AWCOF", Profile::Exact) => "AWCL",
        ("AWCON", _) => "AWCR",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_without_repeats() {
        assert!(NAMES.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn every_neuron_has_a_class_and_every_class_a_neuron() {
        let found: std::collections::BTreeSet<_> = NAMES.iter().map(|name| class(name).unwrap()).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), CLASSES);
        assert_eq!((class("SABD"), class("AVM"), class("DVA")), (Some("SAB"), Some("AVM"), Some("DVA")));
    }

    #[test]
    fn only_padded_numbers_of_motor_neurons_change() {
        assert_eq!(without_zero_padding("VB02").as_deref(), Some("VB2"));
        for name in ["VB10", "VE02", "VB002", "VB0", "IL02", "VB0x", "", "é0"] {
            assert_eq!(without_zero_padding(name), None, "{name}");
        }
    }

    #[test]
    fn acetylcholine_has_one_spelling() {
        assert_eq!([transmitter("Ach"), transmitter("ACh"), transmitter("GABA")], ["ACh", "ACh", "GABA"]);
    }
}
