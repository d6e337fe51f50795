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
    let registry = register_langevin(registry);
    let registry = neuroloom_mds::register(registry);
    let registry = neuroloom_simulate::register(registry);
    #[cfg(feature = "tables")]
    let registry = neuroloom_frames::register(registry);
    registry
}

#[cfg(feature = "gpu")]
fn register_langevin(registry: Registry) -> Registry {
    neuroloom_langevin::register_with(registry, &neuroloom_langevin_gpu::GRAPHICS_PROCESSOR)
}

#[cfg(not(feature = "gpu"))]
fn register_langevin(registry: Registry) -> Registry {
    neuroloom_langevin::register(registry)
}
