use std::fmt;

/// A secret that goes into every hash of a password and does not stand beside it: whoever has the hashes
/// alone can't try passwords on them. It is shown nowhere.
#[derive(Clone)]
pub struct Pepper {
    /// What a hash names it by; this may be seen.
    pub id: [u8; 8],
    /// The secret.
    pub secret: [u8; 32],
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pepper").field("id", &self.id).finish_non_exhaustive()
    }
}
