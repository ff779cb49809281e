//! Whatever a client writes into the headers of proxies: what a trusted proxy appends is what counts, and a stranger speaks
//! for nobody. The first byte says which header, each line of the rest is a line of it.
#![no_main]
use gongshi::http::TrustedProxies;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::net::IpAddr;
use std::sync::LazyLock;

static PROXIES: LazyLock<TrustedProxies> =
    LazyLock::new(|| TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:9::/48".parse().unwrap()]));

const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 77));
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((which, lines)) = input.split_first() else {
        return;
    };
    let (name, appended) = match which % 2 {
        0 => (header::FORWARDED, "for=192.0.2.77;proto=https"),
        _ => (X_FORWARDED_FOR, "192.0.2.77"),
    };
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(&name, value);
        }
    }
    assert_eq!(PROXIES.client(CLIENT, &headers), CLIENT);
    let told = PROXIES.client(PROXY, &headers);
    assert_eq!(told, told.to_canonical());
    // A line of the proxy's own.
    headers.append(&name, HeaderValue::from_static(appended));
    assert_eq!(PROXIES.client(PROXY, &headers), CLIENT);
    // Two proxies, the second on the line of the first.
    headers.append(
        &name,
        HeaderValue::from_static(if which % 2 == 0 {
            "for=10.1.1.1, for=10.2.2.2"
        } else {
            "10.1.1.1,10.2.2.2"
        }),
    );
    assert_eq!(PROXIES.client(PROXY, &headers), CLIENT);
});
