//! What names, addresses and passwords people may have, and how passwords are kept: pure, but for the
//! random salt that comes from outside.

mod breached;
mod disposable;
mod hashing;
mod password;
mod prohibited;

pub use breached::Breached;
pub use disposable::Disposable;
pub use hashing::{Hasher, HashingError, Match};
pub use password::{Password, PasswordError, Rating};
pub use prohibited::Prohibited;

/// The lines of an embedded list; they are written by us, so what can't be read is empty.
fn lines_of(gzipped: &[u8]) -> String {
    let mut text = String::new();
    let _ = std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(gzipped), &mut text);
    text
}
