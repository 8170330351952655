//! Rate limits: events are counted under a key within a sliding window. The host stores the events; the decision is made
//! here.

use std::net::{IpAddr, Ipv6Addr};

use crate::policy::units::Rate;
use crate::time::Moment;

/// How many events may be counted under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The key under which events are recorded.
    pub key: String,
    /// How many events within how many seconds.
    pub rate: Rate,
}

/// Returns how many seconds must pass until one more event fits the rate, given the events on record. 0 means now;
/// `u64::MAX` means never.
///
/// Events in the future (after a backward clock step) count as if they had just happened: a limit fails closed.
pub fn retry_after(rate: Rate, events: &[Moment], now: Moment) -> u64 {
    if rate.most == 0 {
        return u64::MAX;
    }
    let mut ages: Vec<u64> =
        events.iter().map(|event| now.since(*event).unwrap_or(0)).filter(|age| *age < rate.per).collect();
    ages.sort_unstable();
    // One more event fits once the `most`-th newest has left the window.
    match usize::try_from(rate.most).ok().and_then(|most| ages.get(most.saturating_sub(1))) {
        Some(age) => rate.per - age,
        None => 0,
    }
}

/// Returns the key of a client IP address: an IPv4 address, or the /64 network of an IPv6 address, because one customer
/// usually holds a whole /64.
pub fn peer_key(peer: IpAddr) -> String {
    match peer {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => {
                let network = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64));
                format!("{network}/64")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_uses_sliding_window() {
        let rate = Rate { most: 2, per: 100 };
        let at = Moment::from_unix;
        assert_eq!(retry_after(rate, &[], at(1000)), 0);
        assert_eq!(retry_after(rate, &[at(950)], at(1000)), 0);
        assert_eq!(retry_after(rate, &[at(950), at(990)], at(1000)), 50);
        assert_eq!(retry_after(rate, &[at(900), at(990)], at(1000)), 0);
        assert_eq!(retry_after(rate, &[at(2000), at(2000)], at(1000)), 100);
        assert_eq!(retry_after(Rate { most: 0, per: 100 }, &[], at(1000)), u64::MAX, "never");
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_key() -> Result<(), std::net::AddrParseError> {
        assert_eq!(peer_key("2001:db8::1".parse()?), peer_key("2001:db8::ffff:1".parse()?));
        assert_ne!(peer_key("2001:db8::1".parse()?), peer_key("2001:db8:0:1::1".parse()?));
        assert_eq!(peer_key("::ffff:192.0.2.1".parse()?), peer_key("192.0.2.1".parse()?));
        Ok(())
    }
}
