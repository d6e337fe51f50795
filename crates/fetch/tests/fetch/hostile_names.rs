//! No name leads out of the folder.

use std::path::{Component, Path};

use neuroloom_core::CancelToken;
use neuroloom_fetch::{EntryName, Unpack, UnpackLimits, unpack};
use proptest::prelude::*;

use crate::archives::tar_gz_with_names;
use crate::harness::list;

/// Names with everything that has ever led somewhere.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"..".to_vec()),
        Just(b".".to_vec()),
        Just(b"".to_vec()),
        Just(b"a".to_vec()),
        Just(b"C:".to_vec()),
        Just(b"\\".to_vec()),
        Just(b"..\\..".to_vec()),
        Just(b"~".to_vec()),
        Just(b"%2e%2e".to_vec()),
        Just("\u{2025}".as_bytes().to_vec()),
        Just(b"\0".to_vec()),
        "[a-z.]{1,4}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.join(b"/".as_slice()))
}

proptest! {
    #[test]
    fn a_name_that_passes_stays_below_its_folder(name in name()) {
        let folder = Path::new("/data/it");
        if let Ok(Some(name)) = EntryName::parse(&name) {
            let path = name.below(folder);
            let rest = path.strip_prefix(folder).unwrap();
            prop_assert!(rest.components().count() > 0);
            prop_assert!(rest.components().all(|part| matches!(part, Component::Normal(_))), "{path:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_archive_writes_nothing_beside_its_folder(names in proptest::collection::vec(name(), 1..4)) {
        let root = tempfile::tempdir().unwrap();
        let archive = root.path().join("a.tar.gz");
        std::fs::write(&archive, tar_gz_with_names(&names)).unwrap();
        let target = root.path().join("deep/er/target");
        let limits = UnpackLimits::new(1000, None);
        let result = unpack(&archive, Unpack::TarGz, &target, limits, b"mark", &CancelToken::default());
        prop_assert_eq!(result.is_ok(), target.exists());
        for file in list(root.path()) {
            prop_assert!(file == "a.tar.gz" || file.starts_with("deep/er/target/"), "{}", file);
        }
    }
}
