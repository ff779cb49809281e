//! Behind a proxy: who asked, by what the proxies say that whoever runs the service trusts.
//!
//! Every proxy appends the address that it was asked from (`Forwarded`, RFC 7239; `X-Forwarded-For`). What stands left of
//! an address that is not a trusted proxy's is that stranger's own invention, so a chain is read from its right end.

use ipnet::IpNet;
use poem::http::{HeaderMap, HeaderName, header};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The networks of the proxies that are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl TrustedProxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asked: `peer` itself, or whom the trusted proxies asked for.
    ///
    /// A proxy that writes one of the two headers passes the other on as its client sent it. So when both are there they
    /// must say the same, and who is not told credibly is counted as the proxy that asked.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let told = [(header::FORWARDED, forwarded as Chain), (X_FORWARDED_FOR, x_forwarded_for as Chain)].map(
            |(name, chain)| headers.contains_key(&name).then(|| self.nearest_stranger(peer, chain(headers, &name))),
        );
        match told {
            [Some(one), Some(other)] if one != other => peer,
            [Some(address), _] | [None, Some(address)] => address,
            [None, None] => peer,
        }
    }

    /// The right-most address that is no trusted proxy's; where the chain can't be read, who wrote that.
    fn nearest_stranger(&self, peer: IpAddr, chain: Vec<Option<IpAddr>>) -> IpAddr {
        let mut nearest = peer;
        for hop in chain.into_iter().rev() {
            let Some(address) = hop else { break };
            nearest = address;
            if !self.contains(address) {
                break;
            }
        }
        nearest
    }
}

/// The addresses that a header names, from left to right; `None` for what is none.
type Chain = fn(&HeaderMap, &HeaderName) -> Vec<Option<IpAddr>>;

fn x_forwarded_for(headers: &HeaderMap, name: &HeaderName) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',').map(node)).collect()
}

fn forwarded(headers: &HeaderMap, name: &HeaderName) -> Vec<Option<IpAddr>> {
    headers.get_all(name).iter().flat_map(|line| elements(line.as_bytes())).collect()
}

/// The `for` of each element of a line. A line that can't be read is one unknown: its right end is not to be found.
fn elements(line: &[u8]) -> Vec<Option<IpAddr>> {
    let Some(elements) = split_unquoted(line, b',') else { return vec![None] };
    let of = |element: &[u8]| {
        let mut named = split_unquoted(element, b';')?.into_iter().filter_map(|pair| {
            let (name, value) = pair.split_at_checked(pair.iter().position(|byte| *byte == b'=')?)?;
            name.trim_ascii().eq_ignore_ascii_case(b"for").then_some(&value[1..])
        });
        // Each parameter occurs once in an element (RFC 7239 §4).
        let value = named.next().filter(|_| named.next().is_none())?.trim_ascii();
        match value.strip_prefix(b"\"") {
            Some(quoted) => node(&unescaped(quoted.strip_suffix(b"\"")?)),
            None => node(value),
        }
    };
    elements.into_iter().map(of).collect()
}

/// Splits where a separator stands outside of quotes; `None` when a quote is never closed.
fn split_unquoted(text: &[u8], separator: u8) -> Option<Vec<&[u8]>> {
    let (mut parts, mut begun, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if *byte == separator && !quoted => {
                parts.push(&text[begun..at]);
                begun = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begun..]);
    (!quoted).then_some(parts)
}

/// The text of a quoted string (RFC 9110 §5.6.4).
fn unescaped(quoted: &[u8]) -> Vec<u8> {
    let mut bytes = quoted.iter();
    let mut text = Vec::with_capacity(quoted.len());
    while let Some(byte) = bytes.next() {
        text.extend(if *byte == b'\\' { bytes.next() } else { Some(byte) });
    }
    text
}

/// `192.0.2.7`, `192.0.2.7:80`, `[2001:db8::7]`, `[2001:db8::7]:80`, and without brackets as `X-Forwarded-For` has it. Not
/// `unknown` nor a name that a proxy made up (`_hidden`).
fn node(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    // RFC 7239 lets a port be hidden too.
    let with_name =
        || text.rsplit_once(":_").and_then(|(address, _)| address.parse::<Ipv4Addr>().ok()).map(IpAddr::from);
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.or_else(bracketed).or_else(with_name).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::HeaderValue;

    /// Asked by 10.0.0.1, with `name: value` for each pair.
    fn client(headers: &[(&'static str, &str)]) -> String {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:9::/48".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        proxies.client("::ffff:10.0.0.1".parse().unwrap(), &map).to_string()
    }

    #[test]
    fn a_stranger_says_nothing_about_others() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let headers = HeaderMap::from_iter([(X_FORWARDED_FOR, HeaderValue::from_static("192.0.2.9"))]);
        assert_eq!(proxies.client([192, 0, 2, 1].into(), &headers), IpAddr::from([192, 0, 2, 1]));
        assert_eq!(TrustedProxies::default().client([10, 0, 0, 1].into(), &headers), IpAddr::from([10, 0, 0, 1]));
        assert_eq!(client(&[]), "10.0.0.1");
    }

    #[test]
    fn the_right_most_stranger_is_the_client() {
        for (value, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            (" 192.0.2.7 ", "192.0.2.7"),
            ("1.1.1.1, 192.0.2.7", "192.0.2.7"),
            ("1.1.1.1,192.0.2.7,10.3.3.3, 10.2.2.2", "192.0.2.7"),
            ("10.3.3.3, 10.2.2.2", "10.3.3.3"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("1.1.1.1, 2001:db8:9::1", "1.1.1.1"),
            // What can't be read ends the chain at who wrote it.
            ("1.1.1.1, unknown", "10.0.0.1"),
            ("1.1.1.1, , 10.2.2.2", "10.2.2.2"),
            ("1.1.1.1, 192.0.2.7.8, 10.2.2.2", "10.2.2.2"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(client(&[("x-forwarded-for", value)]), expected, "{value}");
        }
        assert_eq!(client(&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.7")]), "192.0.2.7");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_says() {
        for (value, expected) in [
            ("for=192.0.2.7", "192.0.2.7"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("by=203.0.113.43 ; proto=http ; for=192.0.2.60", "192.0.2.60"),
            ("for=1.1.1.1, for=192.0.2.7, for=10.2.2.2", "192.0.2.7"),
            ("for=1.1.1.1;by=\", for=2.2.2.2\", for=192.0.2.7", "192.0.2.7"),
            ("for=\"192.0.2.7:47\"", "192.0.2.7"),
            ("for=\"192.0.2.7:_port\"", "192.0.2.7"),
            ("for=\"192.0\\.2.7\"", "192.0.2.7"),
            ("for=1.1.1.1, for=_hidden", "10.0.0.1"),
            ("for=1.1.1.1, for=unknown, for=10.2.2.2", "10.2.2.2"),
            ("for=1.1.1.1, proto=https", "10.0.0.1"),
            ("for=1.1.1.1;for=2.2.2.2", "10.0.0.1"),
            // A quote that is never closed would swallow what a proxy appends.
            ("for=\"1.1.1.1, for=192.0.2.7", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(client(&[("forwarded", value)]), expected, "{value}");
        }
        // An open quote on a line of the client's own does no harm to the proxy's line.
        assert_eq!(client(&[("forwarded", "for=\"1.1.1.1"), ("forwarded", "for=192.0.2.7")]), "192.0.2.7");
    }

    #[test]
    fn headers_that_disagree_are_not_believed() {
        let both = |forwarded, other| client(&[("forwarded", forwarded), ("x-forwarded-for", other)]);
        assert_eq!(both("for=192.0.2.7", "192.0.2.7"), "192.0.2.7");
        assert_eq!(both("for=1.1.1.1", "192.0.2.7"), "10.0.0.1");
        assert_eq!(both("for=unknown", "192.0.2.7"), "10.0.0.1");
    }
}
