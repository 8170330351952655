//! The reference server's entry point.

fn main() {}
