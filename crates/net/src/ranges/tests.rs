//! Every block from both sides of each of its boundaries.

use proptest::prelude::*;

use super::*;

/// Of each block: the last address before it, its first, its last, and the first after it; where the neighbour is
/// not public either, it stands in the column of the block.
const BLOCKS: [(&[&str], &[&str]); 35] = [
    (&["1.0.0.0"], &["0.0.0.0", "0.255.255.255"]),
    (&["9.255.255.255", "11.0.0.0"], &["10.0.0.0", "10.255.255.255"]),
    (&["100.63.255.255", "100.128.0.0"], &["100.64.0.0", "100.127.255.255", "100.100.100.200"]),
    (&["126.255.255.255", "128.0.0.0"], &["127.0.0.0", "127.0.0.1", "127.255.255.255"]),
    (&["168.63.129.15", "168.63.129.17"], &["168.63.129.16"]),
    (&["169.253.255.255", "169.255.0.0"], &["169.254.0.0", "169.254.169.254", "169.254.255.255"]),
    (&["172.15.255.255", "172.32.0.0"], &["172.16.0.0", "172.31.255.255"]),
    (
        &["191.255.255.255", "192.0.1.0"],
        &["192.0.0.0", "192.0.0.9", "192.0.0.170", "192.0.0.192", "192.0.0.255"],
    ),
    (&["192.0.1.255", "192.0.3.0"], &["192.0.2.0", "192.0.2.255"]),
    (&["192.31.195.255", "192.31.197.0"], &["192.31.196.0", "192.31.196.255"]),
    (&["192.52.192.255", "192.52.194.0"], &["192.52.193.0", "192.52.193.255"]),
    (&["192.88.98.255", "192.88.100.0"], &["192.88.99.0", "192.88.99.255"]),
    (&["192.167.255.255", "192.169.0.0"], &["192.168.0.0", "192.168.255.255"]),
    (&["192.175.47.255", "192.175.49.0"], &["192.175.48.0", "192.175.48.255"]),
    (&["198.17.255.255", "198.20.0.0"], &["198.18.0.0", "198.19.255.255"]),
    (&["198.51.99.255", "198.51.101.0"], &["198.51.100.0", "198.51.100.255"]),
    (&["203.0.112.255", "203.0.114.0"], &["203.0.113.0", "203.0.113.255"]),
    (&["223.255.255.255"], &["224.0.0.0", "239.255.255.255", "233.252.0.1"]),
    (&["8.8.8.8"], &["240.0.0.0", "255.255.255.254", "255.255.255.255"]),
    (&[], &["::", "::1", "::2", "::127.0.0.1", "::8.8.8.8", "::ffff:ffff", "::1:0:0"]),
    (
        &[],
        &["::ffff:0.0.0.0", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:255.255.255.255", "::fffe:8.8.8.8"],
    ),
    (
        &["64:ff9b::8.8.8.8", "64:ff9b::9.255.255.255"],
        &["64:ff9b::10.0.0.0", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"],
    ),
    (
        &["64:ff9b::100.63.255.255", "64:ff9b::223.255.255.255"],
        &["64:ff9b::", "64:ff9b::224.0.0.0", "64:ff9a:ffff::8.8.8.8"],
    ),
    (
        &[],
        &["64:ff9b:0:0:0:1:808:808", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:808:808", "64:ff9b:2::8.8.8.8"],
    ),
    (&[], &["100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::", "100:0:0:2::"]),
    (&["2000::", "3ffe:ffff::"], &["1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::"]),
    (
        &["2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"],
        &["2001::", "2001:0:808:808::", "2001:1ff:ffff:ffff::"],
    ),
    (
        &["2606:4700:4700::1111"],
        &["2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:3f::1"],
    ),
    (&["2001:db7:ffff:ffff::", "2001:db9::"], &["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"]),
    (
        &["2001:ffff:ffff::", "2003::"],
        &["2002::", "2002:808:808::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
    (&["2620:4f:7fff:ffff::", "2620:4f:8001::"], &["2620:4f:8000::", "2620:4f:8000:ffff::"]),
    (&["3ffe:ffff:ffff::", "3fff:1000::"], &["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"]),
    (&[], &["5eff::", "5f00::", "5f00:ffff::", "5f01::"]),
    (&[], &["fbff::", "fc00::", "fd00:ec2::254", "fdff:ffff::", "fe00::", "fe7f::"]),
    (&[], &["fe80::1", "fe80::a9fe:a9fe", "febf::", "fec0::", "feff::", "ff00::", "ff02::1", "ffff:ffff::"]),
];

#[test]
fn each_block_from_both_sides() {
    for (public, not) in BLOCKS {
        for text in public {
            assert_eq!(reserved(text.parse().unwrap()), None, "{text} is public");
        }
        for text in not {
            assert!(reserved(text.parse().unwrap()).is_some(), "{text} is not public");
        }
    }
}

#[test]
fn says_what_it_is() {
    for (text, what) in [
        ("127.0.0.1", THIS_MACHINE),
        ("::1", THIS_MACHINE),
        ("169.254.169.254", LINK),
        ("fe80::1", LINK),
        ("255.255.255.255", "every machine on the link (broadcast)"),
        ("233.252.0.1", MULTICAST),
        ("64:ff9b::10.1.2.3", PRIVATE),
        ("::ffff:8.8.8.8", EMBEDS),
    ] {
        assert_eq!(reserved(text.parse().unwrap()), Some(what), "{text}");
    }
}

proptest! {
    /// The standard library names some of the blocks by rules of its own: where it says no, so do we.
    #[test]
    fn agrees_with_the_standard_library(v4: u32, v6: u128) {
        let v4 = Ipv4Addr::from(v4);
        let named = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast()
            || v4.is_documentation() || v4.is_unspecified();
        prop_assert!(!named || reserved(v4.into()).is_some());
        // What embeds IPv4 is never more public than what it embeds.
        for prefix in [0xffff_u128 << 32, 0, 0x0064_ff9b_u128 << 96, (0x2002_u128 << 112) | (v6 & 0xffff)] {
            let low = if prefix >> 112 == 0x2002 { u128::from(v4.to_bits()) << 80 } else { u128::from(v4.to_bits()) };
            let embedding = Ipv6Addr::from(prefix | low);
            prop_assert!(reserved(embedding.into()).is_some() || reserved(v4.into()).is_none(), "{embedding}");
        }
        let v6 = Ipv6Addr::from(v6);
        let named = v6.is_multicast() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback();
        prop_assert!(!named || reserved(v6.into()).is_some());
    }
}
