//! Digests: ours are BLAKE3; archives publish others.

use std::fmt;
use std::str::FromStr;

use md5::Md5;
use neuroloom_core::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// `N` bytes, written as hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HexDigest<const N: usize>([u8; N]);

/// What is known of the bytes of a file; none of them: nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// BLAKE3, 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blake3: Option<Digest>,
    /// SHA-256 as the archive publishes it, 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<HexDigest<32>>,
    /// MD5 as the archive publishes it, 32 hexadecimal digits. It tells damage, not malice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<HexDigest<16>>,
}

impl Digests {
    /// Whether anything is known.
    pub fn is_known(&self) -> bool {
        *self != Self::default()
    }

    /// The first known digest that differs from what was found: expected and found.
    pub fn mismatch(&self, found: &Self) -> Option<(String, String)> {
        let [blake3, sha256, md5] = self.named();
        let [found_blake3, found_sha256, found_md5] = found.named();
        let pairs = [(blake3, found_blake3), (sha256, found_sha256), (md5, found_md5)];
        let mut known =
            pairs.into_iter().filter_map(|(expected, found)| Some((expected?, found.unwrap_or_default())));
        known.find(|(expected, found)| expected != found)
    }

    /// `blake3 …`, `sha256 …`, `md5 …`: a line for each that is known.
    pub fn lines(&self) -> Vec<String> {
        self.named().into_iter().flatten().collect()
    }

    fn named(&self) -> [Option<String>; 3] {
        [
            self.blake3.map(|digest| format!("blake3 {digest}")),
            self.sha256.map(|digest| format!("sha256 {digest}")),
            self.md5.map(|digest| format!("md5 {digest}")),
        ]
    }
}

/// Computes BLAKE3 and whatever else is needed for a comparison, while the bytes pass.
#[derive(Clone, Debug)]
pub struct Hashes {
    blake3: blake3::Hasher,
    sha256: Option<Sha256>,
    md5: Option<Md5>,
}

impl Hashes {
    /// For a comparison with `expected`.
    pub fn for_comparison(expected: &Digests) -> Self {
        Self {
            blake3: blake3::Hasher::new(),
            sha256: expected.sha256.map(|_| Sha256::new()),
            md5: expected.md5.map(|_| Md5::new()),
        }
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        if let Some(hasher) = &mut self.sha256 {
            hasher.update(bytes);
        }
        if let Some(hasher) = &mut self.md5 {
            hasher.update(bytes);
        }
    }

    /// The digests of all bytes so far.
    pub fn finish(self) -> Digests {
        Digests {
            blake3: Some(Digest::from(*self.blake3.finalize().as_bytes())),
            sha256: self.sha256.map(|hasher| HexDigest(hasher.finalize().into())),
            md5: self.md5.map(|hasher| HexDigest(hasher.finalize().into())),
        }
    }
}

impl<const N: usize> fmt::Display for HexDigest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> FromStr for HexDigest<N> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("this digest has {} hexadecimal digits, found {text:?}", 2 * N);
        if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; N];
        for (i, byte) in bytes.iter_mut().enumerate() {
            let pair = text.get(2 * i..2 * i + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl<const N: usize> TryFrom<String> for HexDigest<N> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl<const N: usize> From<HexDigest<N>> for String {
    fn from(digest: HexDigest<N>) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests of "abc": RFC 1321 appendix A.5, FIPS 180-4 example, and BLAKE3 through the core.
    fn abc() -> Digests {
        Digests {
            blake3: Some(Digest::of(b"abc")),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".parse().ok(),
            md5: "900150983cd24fb0d6963f7d28e17f72".parse().ok(),
        }
    }

    #[test]
    fn published_digests_are_the_standard_ones() {
        let mut hashes = Hashes::for_comparison(&abc());
        hashes.update(b"a");
        hashes.update(b"bc");
        assert_eq!(hashes.finish(), abc());
    }

    #[test]
    fn what_is_not_known_is_not_compared() {
        let only_md5 = Digests { md5: abc().md5, ..Digests::default() };
        assert_eq!(only_md5.mismatch(&abc()), None);
        let other = Digests { md5: "900150983cd24fb0d6963f7d28e17f73".parse().ok(), ..abc() };
        let (expected, found) = only_md5.mismatch(&other).unwrap();
        assert!(expected.ends_with("72") && found.ends_with("73"));
        assert!(!Digests::default().is_known());
    }

    #[test]
    fn a_digest_of_another_length_is_refused() {
        for bad in ["", "90", "900150983cd24fb0d6963f7d28e17f7g", "é00150983cd24fb0d6963f7d28e17f7"] {
            assert!(bad.parse::<HexDigest<16>>().is_err(), "{bad}");
        }
    }
}
