//! The worm that comes with the project.

use neuroloom_celegans::Profile::Exact;
use neuroloom_testkit::workspace_root;
use neuroloom_worms::{Listing, collection};

use crate::support::{correlation, options};

#[test]
fn the_shipped_worm_is_found_by_its_folder_and_its_pairs_move_together() {
    let folders = collection::find(&workspace_root().join("data/celegans"), None, &[]).unwrap();
    let listing = Listing::of(&folders, &options(Exact)).unwrap();
    let [unit] = listing.units.as_slice() else { panic!("one worm") };
    assert_eq!(unit.id, "Flavell2023/worm");
    let worm = unit.read().unwrap();
    assert_eq!(
        (worm.recording.columns.len(), worm.recording.times_s.len(), worm.n_labelled()),
        (98, 1000, 98)
    );
    assert!((worm.duration_s() - 600.969).abs() < 1e-3);
    for (left, right) in [("AVAL", "AVAR"), ("AVEL", "AVER"), ("AIBL", "AIBR")] {
        assert!(correlation(&worm, left, right) > 0.9, "{left} {right}");
    }
}
