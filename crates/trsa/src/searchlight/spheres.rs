use std::collections::HashMap;

use crate::{Result, RsaError};

/// All channels within a radius of a channel, itself included.
///
/// Channels are sorted into cubes as wide as the radius, so that only 27 of them are searched for every centre.
#[derive(Clone, Debug)]
pub struct Spheres {
    positions: Vec<[f64; 3]>,
    radius: f64,
    cubes: HashMap<[i64; 3], Vec<usize>>,
}

impl Spheres {
    /// Spheres of `radius` about every one of `positions`, `[n_channels]` of three coordinates in the same unit. A
    /// channel exactly at the radius belongs to the sphere.
    ///
    /// # Errors
    /// A radius that is not above 0; a position that is not finite, or is too many radii away from the origin to be
    /// counted.
    pub fn new(positions: Vec<[f64; 3]>, radius: f64) -> Result<Self> {
        if !(radius.is_finite() && radius > 0.0) {
            return Err(RsaError::Radius { radius });
        }
        let far = radius * f64::from(u32::MAX);
        let is_bad = |position: &[f64; 3]| !position.iter().all(|x| x.abs() < far);
        if let Some(channel) = positions.iter().position(is_bad) {
            return Err(RsaError::Position { channel, position: positions[channel] });
        }
        let mut cubes: HashMap<[i64; 3], Vec<usize>> = HashMap::new();
        for (channel, position) in positions.iter().enumerate() {
            cubes.entry(cube(position, radius)).or_default().push(channel);
        }
        Ok(Self { positions, radius, cubes })
    }

    /// Number of channels, each of which is a centre.
    pub fn n_centres(&self) -> usize {
        self.positions.len()
    }

    /// Writes the channels around `centre` into `members`, ascending. None for a centre that does not exist.
    pub fn members_into(&self, centre: usize, members: &mut Vec<usize>) {
        members.clear();
        let Some(middle) = self.positions.get(centre) else { return };
        let [x, y, z] = cube(middle, self.radius);
        for offset in 0..27 {
            let at = [x + offset / 9 - 1, y + offset / 3 % 3 - 1, z + offset % 3 - 1];
            let channels = self.cubes.get(&at).into_iter().flatten();
            members.extend(channels.filter(|&&channel| self.reaches(middle, channel)));
        }
        members.sort_unstable();
    }

    fn reaches(&self, middle: &[f64; 3], channel: usize) -> bool {
        let squares = middle.iter().zip(&self.positions[channel]).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f64>() <= self.radius * self.radius
    }
}

fn cube(position: &[f64; 3], radius: f64) -> [i64; 3] {
    position.map(|x| (x / radius).floor() as i64)
}
