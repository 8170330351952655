//! What a rule can look up, of no policy's making. Each room imports no other.

pub mod chinese_name;
pub mod folding;
pub mod sorted_lines;
pub mod stored_hash;
pub mod strength;
pub mod word_list;
