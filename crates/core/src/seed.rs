//! The seed tree: every random stream is named, so none depends on the order of work.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::Digest;

/// A node of the seed tree. Children are derived by name or index with BLAKE3, so two streams with
/// different names are independent and a stream never depends on how many threads ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The root of a run.
    pub fn root(seed: u64) -> Self {
        Self(blake3::derive_key("neuroloom seed root v1", &seed.to_le_bytes()))
    }

    /// The child called `name`.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        self.derive(b'n', name.as_bytes())
    }

    /// The child number `index`.
    #[must_use]
    pub fn child_index(&self, index: u64) -> Self {
        self.derive(b'i', &index.to_le_bytes())
    }

    /// A random stream (ChaCha8) that starts at this node.
    pub fn rng(&self) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.0)
    }

    /// The node as a digest, to record it.
    pub fn digest(&self) -> Digest {
        Digest::from(self.0)
    }

    fn derive(&self, tag: u8, bytes: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[tag]);
        hasher.update(bytes);
        Self(*hasher.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn siblings_differ_and_repeat() {
        let root = Seed::root(7);
        let draw = |seed: Seed| seed.rng().next_u64();
        assert_eq!(draw(root.child("a")), draw(Seed::root(7).child("a")));
        assert_ne!(draw(root.child("a")), draw(root.child("b")));
        assert_ne!(draw(root.child_index(0)), draw(root.child_index(1)));
        assert_ne!(draw(Seed::root(7)), draw(Seed::root(8)));
    }

    #[test]
    fn a_name_and_an_index_of_the_same_bytes_differ() {
        let root = Seed::root(1);
        assert_ne!(root.child("\u{1}\0\0\0\0\0\0\0"), root.child_index(1));
    }
}
