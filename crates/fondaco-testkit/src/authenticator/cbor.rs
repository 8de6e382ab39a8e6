//! The little of CBOR (RFC 8949) that an authenticator writes.

fn head(major: u8, number: u64) -> Vec<u8> {
    let first = major << 5;
    let bytes = number.to_be_bytes();
    match number {
        0..24 => vec![first | bytes[7]],
        24..0x100 => vec![first | 24, bytes[7]],
        0x100..0x1_0000 => vec![first | 25, bytes[6], bytes[7]],
        _ => [&[first | 26], &bytes[4..]].concat(),
    }
}

pub(super) fn int(number: i64) -> Vec<u8> {
    if number < 0 { head(1, (-1 - number).unsigned_abs()) } else { head(0, number.unsigned_abs()) }
}

pub(super) fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len() as u64), bytes.to_vec()].concat()
}

pub(super) fn text(text: &str) -> Vec<u8> {
    [head(3, text.len() as u64), text.as_bytes().to_vec()].concat()
}

pub(super) fn map(members: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut map = head(5, members.len() as u64);
    for (key, value) in members {
        map.extend(key);
        map.extend(value);
    }
    map
}

/// The credential within what an authenticator says (W3C Web Authentication, section 6.5.1).
pub(super) fn attested(id: &[u8], key: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap();
    [&[0; 16], length.to_be_bytes().as_slice(), id, key].concat()
}
