//! Measures the most expensive stored hash of each scheme within the limits. Each should take about two seconds.
//!
//! `cargo bench -p kouling-benches --bench stored_hash`

#![allow(missing_docs)]

use std::time::Instant;

use kouling::knowledge::stored_hash::verify;

const PASSWORD: &[u8] = b"correct horse";

/// Hashes at the limits of each scheme, by memory or by passes.
const MOST_EXPENSIVE: &[&str] = &[
    "$argon2id$v=19$m=524288,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
    "$argon2id$v=19$m=65536,t=16,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
    "$scrypt$ln=19,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
    "$scrypt$ln=17,r=8,p=4$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI",
    "$pbkdf2-sha1$i=10000000,l=20$c2FsdHNhbHRzYWx0c2FsdA$mvWPHEaqUTUuiGafIN0YY4lPWc0",
    "$pbkdf2-sha256$i=10000000,l=32$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP8",
    "$pbkdf2-sha512$5000000$.//.c2FsdHNhbHQ$PgnGwmjMfniEDMR9bxq412R6uerEylqxNiDBzBLmCNIUpmataM1Syok/1/qow9KcF2A4tYHFJ24ti.ClKVwTkA",
    "$2b$15$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
    "$5$rounds=10000000$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
    "$6$rounds=10000000$saltstring$.r0X7ub5wGR2v4Xz7svCIozfnlorFh19V89t8KC9Umd81uGhFgsyTRNyzQDXDIm17fFcR9z3z7oBNdsyYBbtm/",
    "$y$jET$BxBHQt4uDpxr0059T86Db.$81uT6qTXGXADnv0BzWh04eyLomB3yNlMC8B/nbm5eY2",
];

fn main() {
    for stored in MOST_EXPENSIVE {
        let start = Instant::now();
        let result = verify(PASSWORD, stored);
        let took = start.elapsed();
        let (prefix, _) = stored.split_at(24);
        match result {
            Ok(_) => println!("{prefix:24} {took:.2?}"),
            Err(error) => println!("{prefix:24} not computed: {error}"),
        }
    }
}
