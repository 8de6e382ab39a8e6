/// What artifacts can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The same bytes.
    Artifact,
    /// A decoded payload.
    Payload,
    /// The id of a webhook.
    Webhook,
    /// A token of a bot or an account.
    Token,
    /// An address of a currency.
    Wallet,
    /// A host of somebody's own.
    Host,
    /// A user's part of a shared host.
    Place,
    /// Code that acts, without what its maker chooses.
    Shape,
    /// The account that uploaded it.
    Account,
    /// Who says to have made it.
    Author,
    /// Summary and description without the name.
    Text,
    /// The paths of its members without the name.
    Layout,
    /// The name that it can be mistaken for.
    Target,
}

impl Kind {
    /// Every kind, strongest first.
    pub const ALL: [Self; 13] = [
        Self::Artifact,
        Self::Payload,
        Self::Webhook,
        Self::Token,
        Self::Wallet,
        Self::Host,
        Self::Place,
        Self::Shape,
        Self::Account,
        Self::Author,
        Self::Text,
        Self::Layout,
        Self::Target,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Payload => "payload",
            Self::Webhook => "webhook",
            Self::Token => "token",
            Self::Wallet => "wallet",
            Self::Host => "host",
            Self::Place => "place",
            Self::Shape => "shape",
            Self::Account => "account",
            Self::Author => "author",
            Self::Text => "text",
            Self::Layout => "layout",
            Self::Target => "target",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Whether nobody has it by chance: only its maker, or who copies the very thing.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Artifact | Self::Payload | Self::Webhook | Self::Token | Self::Wallet)
    }

    /// Whether it is something that the code talks to.
    pub fn is_indicator(self) -> bool {
        matches!(self, Self::Webhook | Self::Token | Self::Wallet | Self::Host | Self::Place)
    }
}

/// Something that an artifact may share with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Which.
    pub digest: u64,
}
