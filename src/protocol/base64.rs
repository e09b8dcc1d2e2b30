//! Base64 (RFC 4648, standard alphabet) of audio, appended to what is already there, so
//! that a frame is built in one buffer.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends the base64 of `bytes`, padded.
pub fn encode_into(text: &mut String, bytes: &[u8]) {
    let letter = |sextet: u32| {
        ALPHABET
            .get((sextet & 63) as usize)
            .map_or('=', |c| *c as char)
    };
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        text.push(letter(bits >> 18));
        text.push(letter(bits >> 12));
        text.push(if group.len() > 1 {
            letter(bits >> 6)
        } else {
            '='
        });
        text.push(if group.len() > 2 { letter(bits) } else { '=' });
    }
}

/// The bytes behind a base64 text, padded or not; nothing where a character is none of the alphabet's
/// or the length is impossible.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    let unpadded = match text {
        [head @ .., b'=', b'='] | [head @ .., b'='] if text.len().is_multiple_of(4) => head,
        _ => text,
    };
    if unpadded.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(unpadded.len() / 4 * 3 + 2);
    for group in unpadded.chunks(4) {
        let mut bits = 0;
        for letter in group {
            bits = bits << 6 | sextet(*letter)?;
        }
        match group.len() {
            4 => bytes.extend([(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]),
            3 => bytes.extend([(bits >> 10) as u8, (bits >> 2) as u8]),
            _ => bytes.push((bits >> 4) as u8),
        }
    }
    Some(bytes)
}

fn sextet(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}
