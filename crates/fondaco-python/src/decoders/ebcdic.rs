//! EBCDIC: code pages in which a payload is text and looks like noise.
//!
//! Source: Python's `encodings` (cp037 and the pages that differ from it in a few places).

/// cp037 as Latin-1, in hexadecimal.
const BASE: &str = "\
    000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f\
    80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a\
    20a0e2e4e0e1e3e5e7f1a22e3c282b7c26e9eaebe8edeeefecdf21242a293bac\
    2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22\
    d8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4\
    b57e737475767778797aa1bfd0dddeae5ea3a5b7a9a7b6bcbdbe5b5dafa8b4d7\
    7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff\
    5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f";

/// Where a page differs from cp037.
const DIFFERENCES: &[(&str, &[(u8, char)])] = &[
    ("037", &[]),
    (
        "500",
        &[
            (0x4a, '\u{5b}'),
            (0x4f, '\u{21}'),
            (0x5a, '\u{5d}'),
            (0x5f, '\u{5e}'),
            (0xb0, '\u{a2}'),
            (0xba, '\u{ac}'),
            (0xbb, '\u{7c}'),
        ],
    ),
    (
        "1026",
        &[
            (0x48, '\u{7b}'),
            (0x4a, '\u{c7}'),
            (0x4f, '\u{21}'),
            (0x5a, '\u{11e}'),
            (0x5b, '\u{130}'),
            (0x5f, '\u{5e}'),
            (0x68, '\u{5b}'),
            (0x6a, '\u{15f}'),
            (0x79, '\u{131}'),
            (0x7b, '\u{d6}'),
            (0x7c, '\u{15e}'),
            (0x7f, '\u{dc}'),
            (0x8c, '\u{7d}'),
            (0x8d, '\u{60}'),
            (0x8e, '\u{a6}'),
            (0xa1, '\u{f6}'),
            (0xac, '\u{5d}'),
            (0xad, '\u{24}'),
            (0xae, '\u{40}'),
            (0xb0, '\u{a2}'),
            (0xba, '\u{ac}'),
            (0xbb, '\u{7c}'),
            (0xc0, '\u{e7}'),
            (0xcc, '\u{7e}'),
            (0xd0, '\u{11f}'),
            (0xdc, '\u{5c}'),
            (0xe0, '\u{fc}'),
            (0xec, '\u{23}'),
            (0xfc, '\u{22}'),
        ],
    ),
    ("1140", &[(0x9f, '\u{20ac}')]),
    (
        "273",
        &[
            (0x43, '\u{7b}'),
            (0x4a, '\u{c4}'),
            (0x4f, '\u{21}'),
            (0x59, '\u{7e}'),
            (0x5a, '\u{dc}'),
            (0x5f, '\u{5e}'),
            (0x63, '\u{5b}'),
            (0x6a, '\u{f6}'),
            (0x7c, '\u{a7}'),
            (0xa1, '\u{df}'),
            (0xb0, '\u{a2}'),
            (0xb5, '\u{40}'),
            (0xba, '\u{ac}'),
            (0xbb, '\u{7c}'),
            (0xbc, '\u{203e}'),
            (0xc0, '\u{e4}'),
            (0xcc, '\u{a6}'),
            (0xd0, '\u{fc}'),
            (0xdc, '\u{7d}'),
            (0xe0, '\u{d6}'),
            (0xec, '\u{5c}'),
            (0xfc, '\u{5d}'),
        ],
    ),
];

/// The text of bytes in the code page of this number.
pub(crate) fn decode(page: &str, bytes: &[u8]) -> Option<String> {
    let (_, differences) = DIFFERENCES.iter().find(|(name, _)| *name == page)?;
    let base = super::hex(BASE.as_bytes())?;
    let mut table: Vec<char> = base.into_iter().map(char::from).collect();
    for (at, c) in *differences {
        table[usize::from(*at)] = *c;
    }
    Some(bytes.iter().map(|byte| table[usize::from(*byte)]).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_what_python_writes() {
        assert_eq!(super::decode("1026", b"\x89\x94\x97\x96\x99\xa3").unwrap(), "import");
        assert!(super::decode("999", b"").is_none());
    }
}
