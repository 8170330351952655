//! Algorithms and lookup tables that rules use, independent of any policy.
//!
//! The submodules do not import each other. What several of them need is in [`embedded`], [`folding`],
//! [`lookalikes`], [`sorted_lines`], `trie`, [`alphabet`], [`calendar`], [`keyboard`], [`compression`] and [`listing`].

pub mod alphabet;
pub mod breach_filter;
pub mod calendar;
pub mod chinese_name;
pub mod comparison;
pub mod compression;
pub mod embedded;
pub mod folding;
pub mod keyboard;
pub mod listing;
pub mod lookalikes;
pub mod passphrase;
pub mod sorted_lines;
pub mod stored_hash;
pub mod strength;

pub(crate) mod trie;
pub mod word_list;
