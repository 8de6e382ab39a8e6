//! Mutated archives never panic and never hang.

use crate::support::{
    bzip2, described, entry, file, gzip, noise, open, packed, pax, tar, xz, zip, zip_lzma, zstd,
};

/// How often each seed is mutated; the slow decoders' seeds are few and small.
const ROUNDS: usize = 1500;

#[test]
fn mutated_archives_never_panic() {
    let body = [b"import os\n".repeat(20), noise(200)].concat();
    let plain = tar(&[pax(&[("path", "a.py")]), file("a.py", b"x = 1"), file("b.py", &body)]);
    let seeds = [
        zip(&[entry("a.py", b"x = 1"), described("b/c.py", &body)]),
        zip(&[packed("a", 12, &body, &bzip2(&body)), packed("b", 93, &body, &zstd(&body))]),
        zip(&[packed("a", 14, &body, &zip_lzma(&body)), packed("b", 95, &body, &xz(&body))]),
        zip(&[entry("a.zip", &zip(&[entry("b.tgz", &gzip(&plain))]))]),
        [gzip(&plain), zip(&[entry("b.py", b"evil")])].concat(),
        gzip(&plain),
        bzip2(&plain),
        xz(&plain),
        zstd(&plain),
        plain,
    ];
    let mut state = 1u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for seed in &seeds {
        for _ in 0..ROUNDS {
            let mut bytes = seed.clone();
            for _ in 0..=random() % 4 {
                let at = random() % bytes.len();
                bytes[at] = if random() % 4 == 0 { 0xff } else { random() as u8 };
            }
            bytes.truncate(bytes.len() - random() % 8);
            if let Ok((walked, kept)) = open(&bytes) {
                assert_eq!(walked.members as usize, kept.0.len());
            }
        }
    }
}
