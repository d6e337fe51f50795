//! Small images inside an SVG: a PNG of palette indices in a `data:` URI.
//!
//! Written without compression (PNG 1.2, deflate stored blocks, RFC 1950/1951), so that the bytes depend on
//! nothing but the pixels.

use crate::colour::Rgb;

/// A `data:` URI of an image of `width` × `height` palette indices, row-major. A palette has at most 256 colours.
pub(crate) fn data_uri(width: usize, height: usize, indices: &[u8], palette: &[Rgb]) -> String {
    format!("data:image/png;base64,{}", base64(&encode(width, height, indices, palette)))
}

fn encode(width: usize, height: usize, indices: &[u8], palette: &[Rgb]) -> Vec<u8> {
    let mut header = Vec::with_capacity(13);
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // 8 bits, palette, deflate, no filters, not interlaced.
    header.extend([8, 3, 0, 0, 0]);
    let colours: Vec<u8> = palette.iter().flat_map(|colour| [colour.0, colour.1, colour.2]).collect();
    let rows: Vec<u8> =
        indices.chunks(width.max(1)).flat_map(|row| std::iter::once(0).chain(row.iter().copied())).collect();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"PLTE", &colours);
    chunk(&mut out, b"IDAT", &stored(&rows));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(name);
    out.extend(data);
    out.extend(crc32(name.iter().chain(data)).to_be_bytes());
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(adler32(data).to_be_bytes());
    out
}

fn crc32<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> u32 {
    !bytes.into_iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16) | a
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word = (0..3).fold(0u32, |word, i| (word << 8) | u32::from(group.get(i).copied().unwrap_or(0)));
        for i in 0..4usize {
            let digit = (word >> (18 - 6 * i)) & 63;
            let symbol = DIGITS.get(digit as usize).copied().unwrap_or(b'=');
            out.push(if i <= group.len() { char::from(symbol) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_have_their_published_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn base64_follows_rfc_4648() {
        let encoded: Vec<String> = ["", "f", "fo", "foo", "foobar"].map(|s| base64(s.as_bytes())).into();
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy"]);
    }

    #[test]
    fn blocks_carry_all_bytes() {
        let data = vec![7u8; 70_000];
        let out = stored(&data);
        assert_eq!(out.len(), 2 + 2 * 5 + data.len() + 4);
        assert_eq!(out[2], 0, "the first block is not the last");
        assert_eq!(out[2 + 5 + 65_535], 1, "the second is");
    }
}
