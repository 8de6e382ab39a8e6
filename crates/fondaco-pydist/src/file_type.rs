/// What the upload API calls a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// `sdist`
    Sdist,
    /// `bdist_wheel`
    Wheel,
}

impl FileType {
    /// The API's word.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sdist => "sdist",
            Self::Wheel => "bdist_wheel",
        }
    }

    /// The type with this word.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Sdist, Self::Wheel].into_iter().find(|kind| kind.id() == id)
    }
}
