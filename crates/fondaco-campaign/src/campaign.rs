use std::fmt;
use std::str::FromStr;

use crate::MemberId;

/// A campaign's id: `c-` and 16 hex digits, made of its first member's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CampaignId(pub(crate) u64);

/// The text is no id of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCampaignId;

impl fmt::Display for InvalidCampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the id of a campaign: c- and 16 hex digits expected")
    }
}

impl std::error::Error for InvalidCampaignId {}

impl CampaignId {
    pub(crate) fn of(founder: MemberId) -> Self {
        Self((founder.0 >> 64) as u64)
    }
}

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c-{:016x}", self.0)
    }
}

impl FromStr for CampaignId {
    type Err = InvalidCampaignId;

    fn from_str(text: &str) -> Result<Self, InvalidCampaignId> {
        let hex = text.strip_prefix("c-").filter(|hex| hex.len() == 16).ok_or(InvalidCampaignId)?;
        let is_hex = hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if is_hex {
            u64::from_str_radix(hex, 16).map(Self).map_err(|_| InvalidCampaignId)
        } else {
            Err(InvalidCampaignId)
        }
    }
}

/// How a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// New members are held.
    Open,
    /// An analyst is done with it; a new member opens it again.
    Closed,
    /// An analyst says that it is none: it may grow, and nothing follows from that.
    Dismissed,
}

impl State {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Dismissed => "dismissed",
        }
    }

    /// The state with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::Dismissed].into_iter().find(|state| state.id() == id)
    }
}

/// A campaign as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// How it stands.
    pub state: State,
    /// Its members, first to last.
    pub members: Vec<MemberId>,
    /// Distinct projects among them.
    pub projects: usize,
    /// Whether a member was found suspicious or malicious.
    pub has_core: bool,
    /// When its last member was uploaded, in seconds since 1970.
    pub last_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        let id = CampaignId(0xfeed);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["c-feed", "feed", "c-000000000000FEED", "c-+00000000000feed"] {
            assert_eq!(wrong.parse::<CampaignId>(), Err(InvalidCampaignId), "{wrong}");
        }
    }
}
