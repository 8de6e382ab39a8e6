/// Something in an artifact that was not looked at. One of these is pushed on every early exit
/// of a reader, so that an incomplete inspection is never mistaken for a clean one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unscanned {
    /// The member, as far as its name could be read; empty for the artifact as a whole.
    pub member: String,
    /// Why, in words for a person.
    pub why: String,
}
