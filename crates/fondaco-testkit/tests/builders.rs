//! The builders' bytes, as the filler grows.

use std::time::{Duration, Instant};

use fondaco_testkit::{Wheel, samples};

#[test]
fn a_large_filler_is_cheap() {
    let start = Instant::now();
    let wheel = Wheel::new("big", "1.0").filler(300 << 20).build();
    assert!(wheel.bytes.len() > 300 << 20);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn every_sample_has_an_sdist_and_most_a_wheel() {
    let forms: Vec<usize> = samples::all().map(|sample| sample.dists().len()).collect();
    assert_eq!(forms, [1, 2, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2]);
}
