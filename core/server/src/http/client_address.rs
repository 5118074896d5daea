//! The address of the client, through proxies that the operator trusts.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The peer of the connection, put into each request by the accept loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub SocketAddr);

/// The address of the client.
///
/// Only if the peer is a trusted proxy, `X-Forwarded-For` is read, from its right end: the first address that is no
/// trusted proxy is the client. What lies further left was written by the client itself. Where the header holds what is
/// no address, the last one that could be read counts.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    for text in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = parse(text.trim()) else {
            break;
        };
        client = address;
        if !is_trusted(client) {
            break;
        }
    }
    client
}

fn parse(text: &str) -> Option<IpAddr> {
    let with_port = |text: &str| text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse()
        .ok()
        .or_else(|| with_port(text))
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn the_header_of_an_unknown_peer_is_ignored() {
        assert_eq!(client("203.0.113.9", &["192.0.2.1"], &[]), "203.0.113.9");
        assert_eq!(
            client("203.0.113.9", &["192.0.2.1"], &["10.0.0.0/8"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn behind_trusted_proxies_the_first_stranger_from_the_right_is_the_client() {
        let trusted = ["10.0.0.0/8", "::1/128"];
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1, 192.0.2.7, 10.0.0.2"], &trusted),
            "192.0.2.7"
        );
        assert_eq!(
            client("::ffff:10.0.0.1", &["1.1.1.1", "192.0.2.7:4711"], &trusted),
            "192.0.2.7"
        );
        assert_eq!(
            client("::1", &["[2001:db8::5]:443"], &trusted),
            "2001:db8::5"
        );
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1, unknown, 10.0.0.3"], &trusted),
            "10.0.0.3"
        );
        assert_eq!(client("10.0.0.1", &[], &trusted), "10.0.0.1");
    }
}
