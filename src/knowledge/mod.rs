//! What a rule can look up, of no policy's making. Each room imports no other; what more than
//! one needs is a file beside them: [`embedded`], [`folding`], [`sorted_lines`], [`alphabet`], [`calendar`] and
//! [`keyboard`].

pub mod alphabet;
pub mod breach_filter;
pub mod calendar;
pub mod chinese_name;
pub mod embedded;
pub mod folding;
pub mod keyboard;
pub mod passphrase;
pub mod sorted_lines;
pub mod stored_hash;
pub mod strength;
pub mod weak_form;
pub mod word_list;
