//! Where a request comes from. What proxies say counts only where they are configured, and only the part
//! that one of them has written: headers are read from the right, and the first address that is no
//! proxy of ours is the client. Whatever stands left of that is the client's own text.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, header};
use fondaco_model::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Which header the proxies write. One only: they pass the other on as the client has sent it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies that stand before the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Their addresses.
    pub networks: Vec<IpNet>,
    /// The header that they write.
    pub by: ForwardedBy,
}

/// The address of who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl Proxies {
    fn has(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// The client of a request that `peer` has sent.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.has(client) {
            return client;
        }
        let name = match self.by {
            ForwardedBy::XForwardedFor => X_FORWARDED_FOR,
            ForwardedBy::Forwarded => header::FORWARDED,
        };
        let lines: Vec<&str> =
            headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?")).collect();
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let address = match self.by {
                ForwardedBy::XForwardedFor => address(hop.trim()),
                ForwardedBy::Forwarded => hop.split(';').find_map(forwarded_for),
            };
            // Who can't be read is behind the proxy that says so.
            let Some(address) = address else { return client };
            client = address.to_canonical();
            if !self.has(client) {
                return client;
            }
        }
        client
    }
}

/// The address of one `for=` of RFC 7239.
fn forwarded_for(pair: &str) -> Option<IpAddr> {
    let (name, value) = pair.split_once('=')?;
    name.trim().eq_ignore_ascii_case("for").then(|| address(value.trim().trim_matches('"'))).flatten()
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// The address under which somebody is counted: an IPv6 customer has a /64 at least.
pub(crate) fn counted(address: IpAddr) -> IpAddr {
    masked(address, 32, 64)
}

/// The network that an address is in, as far as providers hand them out: a /24, or a /48.
pub(crate) fn network(address: IpAddr) -> IpNet {
    let address = address.to_canonical();
    net(masked(address, 24, 48), if address.is_ipv4() { 24 } else { 48 })
}

fn net(address: IpAddr, length: u8) -> IpNet {
    IpNet::new(address, length).unwrap_or_else(|_| address.into())
}

fn masked(address: IpAddr, v4: u8, v6: u8) -> IpAddr {
    let address = address.to_canonical();
    net(address, if address.is_ipv4() { v4 } else { v6 }).network()
}

/// As the router has noted it.
pub(crate) fn noted(extensions: &Extensions) -> Option<IpAddr> {
    let noted = extensions.get::<ClientAddress>().map(|client| client.0);
    noted.or_else(|| extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()))
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        // Without one it is nobody's: the strictest that there is.
        Ok(Self(noted(&parts.extensions).unwrap_or(IpAddr::from([0, 0, 0, 0]))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &Proxies, peer: &str, name: &'static str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static(name), line.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn what_the_proxy_has_written_counts_and_no_more() {
        let proxies = Proxies {
            networks: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            by: ForwardedBy::XForwardedFor,
        };
        let of = |peer: &str, lines: &[&str]| client(&proxies, peer, "x-forwarded-for", lines);
        assert_eq!(of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "it is no proxy of ours");
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1", "the client wrote 1.1.1.1");
        assert_eq!(of("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.3.0.4"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.1, nonsense"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["nonsense, 198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(of("fd00::1", &["[2001:db8::7]:443"]), "2001:db8::7");
        assert_eq!(of("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["10.0.0.2"]), "10.0.0.2");
        assert_eq!(client(&proxies, "10.0.0.1", "forwarded", &["for=1.1.1.1"]), "10.0.0.1");
        let standard = Proxies { by: ForwardedBy::Forwarded, ..proxies };
        let of = |lines: &[&str]| client(&standard, "10.0.0.1", "forwarded", lines);
        assert_eq!(of(&["for=1.1.1.1, For=\"[2001:db8::7]:47\";proto=https"]), "2001:db8::7");
        assert_eq!(of(&["for=198.51.100.1;by=10.0.0.1"]), "198.51.100.1");
        assert_eq!(of(&["for=unknown"]), "10.0.0.1");
    }

    #[test]
    fn addresses_are_counted_by_customer() {
        let of = |text: &str| counted(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7".parse().unwrap()).to_string(), "192.0.2.0/24");
        assert_eq!(network("2001:db8:1:2::1".parse().unwrap()).to_string(), "2001:db8:1::/48");
    }
}
