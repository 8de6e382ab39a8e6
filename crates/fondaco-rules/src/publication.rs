/// Who published a release and the one before, as attestations say that were verified (PEP 740). It is
/// given only where it says something: same publisher as before, or none as before, is no news.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publication {
    /// Who published the release before; none where that is not attested, or the same publisher's.
    pub before: Option<String>,
    /// Who published this one; none where that is not attested.
    pub now: Option<String>,
    /// Attestations came with it, and prove nothing.
    pub is_broken: bool,
}
