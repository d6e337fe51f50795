// Own forms: drivers may give NaN or few digits at the ends of the built-in ones.
fn logistic(x: f32) -> f32 {
    return 1.0 / (1.0 + exp(-clamp(x, -80.0, 80.0)));
}

fn hyperbolic_tangent(x: f32) -> f32 {
    let size = min(abs(x), 10.0);
    if (size < 0.25) {
        // Taylor: the first term left out is below 2e-9 of x.
        let q = x * x;
        return x * (1.0 + q * (-1.0 / 3.0 + q * (2.0 / 15.0 + q * (-17.0 / 315.0 + q * (62.0 / 2835.0 + q * (-1382.0 / 155925.0))))));
    }
    let power = exp(-2.0 * size);
    return sign(x) * (1.0 - power) / (1.0 + power);
}

// Unlike `clamp` it keeps what is not a number.
fn limited(x: f32, low: f32, high: f32) -> f32 {
    return select(select(x, low, x < low), high, x > high);
}
