//! All steps that this binary knows: the one list.

use neuroloom_core::Registry;

/// All steps.
pub fn registry() -> Registry {
    let registry = Registry::default();
    let registry = neuroloom_io::register(registry);
    let registry = neuroloom_prepare::register(registry);
    let registry = neuroloom_celegans::register(registry);
    let registry = neuroloom_worms::register(registry);
    let registry = neuroloom_wiring::register(registry);
    let registry = neuroloom_trsa::register(registry);
    let registry = neuroloom_ntf::register(registry);
    let registry = neuroloom_community::register(registry);
    let registry = neuroloom_bicluster::steps::register(registry);
    let registry = neuroloom_nlb::register(registry);
    let registry = neuroloom_langevin::register(registry);
    let registry = neuroloom_mds::register(registry);
    let registry = neuroloom_simulate::register(registry);
    #[cfg(feature = "tables")]
    let registry = neuroloom_frames::register(registry);
    registry
}
