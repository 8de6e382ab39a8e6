use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;

/// Addresses that get no answer, whatever tokens or sessions they send along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Which addresses.
    pub network: IpNet,
    /// Why.
    pub reason: String,
    /// Who: `operator:NAME` or `token:ID NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when; until somebody lifts it where absent.
    pub expires_at: Option<Timestamp>,
}

impl Ban {
    /// Whether an address is banned by it at `now`.
    pub fn is_for(&self, address: IpAddr, now: Timestamp) -> bool {
        self.network.contains(&address.to_canonical()) && self.expires_at.is_none_or(|end| now < end)
    }
}
