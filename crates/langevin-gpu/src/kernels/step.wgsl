// What changes from step to step.
struct Step {
    // encoder, shares, attention, hidden, feed-forward, unseen, held
    sites: array<Site, 7>,
    // Weight of the likelihood of an entry.
    entry: f32,
    // Weight of the divergence.
    divergence: f32,
    // Of Adam: learning rate over the correction of the mean, correction of the root, weight of the parameters' size.
    size: f32,
    correction: f32,
    decay: f32,
    // Largest norm of the gradient; 0 where there is none.
    clip: f32,
}
