//! Who is counted as one caller.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the /64 in which an IPv6 host may have every address that it likes (RFC 4291 §2.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(IpAddr);

/// The bits of an IPv6 address that its owner doesn't choose.
const NETWORK: u128 = !0 << 64;

impl Peer {
    /// Who has no address: a request that came over no network.
    pub const NOBODY: Self = Self(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
}

/// The network that somebody who has one address is likely to have more of: an IPv4 /24, an IPv6 /48 (RFC 6177 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Neighbourhood(IpAddr);

impl From<Peer> for Neighbourhood {
    fn from(Peer(address): Peer) -> Self {
        Self(match address {
            IpAddr::V4(address) => IpAddr::V4((address.to_bits() & (!0 << 8)).into()),
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (!0 << 80)).into()),
        })
    }
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & NETWORK).into()),
            address => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_is_one_peer() {
        let peer = |text: &str| Peer::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("::ffff:192.0.2.7"), peer("192.0.2.7"));
        assert_ne!(peer("::ffff:192.0.2.7"), peer("192.0.2.8"));
    }

    #[test]
    fn who_has_one_address_has_its_neighbours() {
        let of = |text: &str| Neighbourhood::from(Peer::from(text.parse::<IpAddr>().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:2:2::1"));
        assert_eq!(of("192.0.2.7"), of("192.0.2.255"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
    }
}
