//! Fondaco's binary.

fn main() {}
