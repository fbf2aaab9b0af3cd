//! Which addresses are not public, and what they are.
//!
//! The tables are IANA's *IPv4 Special-Purpose Address Registry*, *IPv6 Special-Purpose Address Registry*, *IPv4* and
//! *IPv6 Multicast* and *IPv6 Address Space* (RFC 6890 and its successors). Blocks that the registry calls globally
//! reachable, but where no web server is (anycast relays, AS112), are in the tables too: where such an address answers
//! HTTP, it answers from a network of somebody's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// A block and what it is, as the end of "it is …".
type Block<Net> = (Net, &'static str);

const fn four(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn six(a: u16, b: u16, c: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), bits)
}

pub(crate) const THIS_MACHINE: &str = "this machine itself";
const PRIVATE: &str = "in a private network";
const LINK: &str = "on the machine's own link, where clouds keep their metadata";
const PROTOCOL: &str = "kept for network protocols";
const DOCUMENTATION: &str = "kept for documentation";
const BENCHMARK: &str = "kept for benchmarks";
const MULTICAST: &str = "a group of machines (multicast)";
const RESERVED: &str = "reserved";
const EMBEDS: &str = "an IPv4 address in IPv6 clothing";

const IPV4: [Block<Ipv4Net>; 21] = [
    (four(0, 0, 0, 0, 8), THIS_MACHINE), // RFC 791: "this network"
    (four(10, 0, 0, 0, 8), PRIVATE),     // RFC 1918
    (four(100, 64, 0, 0, 10), "in a carrier's own network"), // RFC 6598
    (four(127, 0, 0, 0, 8), THIS_MACHINE), // RFC 1122: loopback
    (four(168, 63, 129, 16, 32), "a cloud's own service for its machines"), // Azure: platform, by a public number
    (four(169, 254, 0, 0, 16), LINK),                                       // RFC 3927
    (four(172, 16, 0, 0, 12), PRIVATE),                                     // RFC 1918
    (four(192, 0, 0, 0, 24), PROTOCOL),                                     // RFC 6890; Oracle's metadata too
    (four(192, 0, 2, 0, 24), DOCUMENTATION),                                // RFC 5737: TEST-NET-1
    (four(192, 31, 196, 0, 24), PROTOCOL),                                  // RFC 7535: AS112
    (four(192, 52, 193, 0, 24), PROTOCOL),                                  // RFC 7450: AMT
    (four(192, 88, 99, 0, 24), PROTOCOL),                                   // RFC 7526: 6to4 relays, given up
    (four(192, 168, 0, 0, 16), PRIVATE),                                    // RFC 1918
    (four(192, 175, 48, 0, 24), PROTOCOL),                                  // RFC 7534: AS112
    (four(198, 18, 0, 0, 15), BENCHMARK),                                   // RFC 2544
    (four(198, 51, 100, 0, 24), DOCUMENTATION),                             // RFC 5737: TEST-NET-2
    (four(203, 0, 113, 0, 24), DOCUMENTATION),                              // RFC 5737: TEST-NET-3
    (four(224, 0, 0, 0, 4), MULTICAST),                                     // RFC 5771
    (four(233, 252, 0, 0, 24), DOCUMENTATION),                              // RFC 6676: MCAST-TEST-NET
    (four(255, 255, 255, 255, 32), "every machine on the link (broadcast)"), // RFC 919
    (four(240, 0, 0, 0, 4), RESERVED),                                      // RFC 1112
];

/// Blocks inside 2000::/3, and names for some outside it; what is in none of them is public only inside 2000::/3.
const IPV6: [Block<Ipv6Net>; 14] = [
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), THIS_MACHINE),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), THIS_MACHINE),
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 96), EMBEDS), // RFC 4291: IPv4-compatible
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), EMBEDS), // RFC 4291: IPv4-mapped
    (six(0x64, 0xff9b, 1, 48), "in a network's own IPv4 translation"), // RFC 8215
    (six(0x2001, 0, 0, 23), PROTOCOL), // RFC 2928: Teredo, benchmarks, ORCHID, DRIP, AS112, AMT, anycast
    (six(0x2001, 0xdb8, 0, 32), DOCUMENTATION), // RFC 3849
    (six(0x2002, 0, 0, 16), EMBEDS),   // RFC 3056: 6to4
    (six(0x2620, 0x4f, 0x8000, 48), PROTOCOL), // RFC 7534: AS112
    (six(0x3fff, 0, 0, 20), DOCUMENTATION), // RFC 9637
    (six(0xfc00, 0, 0, 7), PRIVATE),   // RFC 4193: unique local
    (six(0xfe80, 0, 0, 10), LINK),     // RFC 4291: link-local
    (six(0xfec0, 0, 0, 10), PRIVATE),  // RFC 3879: site-local, given up
    (six(0xff00, 0, 0, 8), MULTICAST), // RFC 4291
];

/// The one block that IANA has handed out for hosts (RFC 4291, 2.4). Naming it, instead of everything else, keeps out
/// 100::/64 (discard), 5f00::/16 (SRv6) and whatever comes next.
const GLOBAL_UNICAST: Ipv6Net = six(0x2000, 0, 0, 3);

/// RFC 6052: IPv4 behind a translator. In networks without IPv4 every name resolves to these, so they are judged by what
/// they embed.
const NAT64: Ipv6Net = six(0x64, 0xff9b, 0, 96);

/// What a non-public address is, as the end of "it is …"; `None` for a public one.
pub(crate) fn reserved(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => reserved_v4(address),
        IpAddr::V6(address) => reserved_v6(address),
    }
}

fn reserved_v4(address: Ipv4Addr) -> Option<&'static str> {
    IPV4.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what)
}

fn reserved_v6(address: Ipv6Addr) -> Option<&'static str> {
    if NAT64.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return reserved_v4(Ipv4Addr::new(a, b, c, d));
    }
    let named = IPV6.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what);
    named.or_else(|| (!GLOBAL_UNICAST.contains(&address)).then_some(RESERVED))
}

#[cfg(test)]
mod tests;
