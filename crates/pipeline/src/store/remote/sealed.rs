//! Small objects that show their own damage.

use neuroloom_core::Digest;

/// What a sealed object begins with; the digit is the version of the layout.
const MAGIC: &str = "neuroloom object 1 ";
/// Length of a digest in hexadecimal.
const DIGITS: usize = 64;

/// `body` below a line with its digest.
pub fn seal(body: &[u8]) -> Vec<u8> {
    let mut object = format!("{MAGIC}{}\n", Digest::of(body)).into_bytes();
    object.extend_from_slice(body);
    object
}

/// The body of a sealed object; none where a bit of it is not as it was sealed.
pub fn unseal(object: &[u8]) -> Option<&[u8]> {
    let rest = object.strip_prefix(MAGIC.as_bytes())?;
    let (digits, body) = rest.split_at_checked(DIGITS)?;
    let body = body.strip_prefix(b"\n")?;
    (Digest::of(body).to_string().as_bytes() == digits).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_damage_makes_an_object_unreadable() {
        let whole = seal(b"the body");
        assert_eq!(unseal(&whole), Some(b"the body".as_slice()));
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(unseal(&damaged), None, "byte {at}");
            assert_eq!(unseal(&whole[..at]), None, "cut at {at}");
        }
    }
}
