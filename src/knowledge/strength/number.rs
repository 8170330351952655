//! Numbers of daily life: telephone numbers and Chinese identity numbers.

use crate::knowledge::calendar::{YEARS, is_day, number};

/// A mobile number in China: 11 digits that begin with 13 to 19.
const PHONE: (usize, u32) = (11, 230);
/// An identity number: a region, a date of birth, a sequence number and a check digit. Few regions and years are common.
const IDENTITY_NUMBER: (usize, u32) = (18, 170);
/// The cost of a wrong check digit.
const WRONG_CHECK: u32 = 15;

/// Returns the lengths and the costs of the numbers that a text begins with. `count` is the number of digits at its beginning.
pub(super) fn costs(text: &[char], count: usize) -> impl Iterator<Item = (usize, u32)> {
    let text = if count < PHONE.0 { &[] } else { text };
    let phone = text.get(..PHONE.0).filter(|digits| is_phone(digits)).map(|_| PHONE);
    let identity = text.get(..IDENTITY_NUMBER.0).filter(|digits| is_identity_number(digits)).map(|digits| {
        let check = if has_check_digit(digits) { 0 } else { WRONG_CHECK };
        (IDENTITY_NUMBER.0, IDENTITY_NUMBER.1 + check)
    });
    phone.into_iter().chain(identity)
}

fn is_phone(digits: &[char]) -> bool {
    digits.iter().all(char::is_ascii_digit) && digits[0] == '1' && digits[1] >= '3'
}

/// Returns whether a text has the form of an identity number by GB 11643-1999: a region that begins with 1 to 8, a date of
/// birth, a sequence number, and a digit or X.
fn is_identity_number(text: &[char]) -> bool {
    let (digits, last) = text.split_at(IDENTITY_NUMBER.0 - 1);
    let date = [number(&digits[6..10]), number(&digits[10..12]), number(&digits[12..14])];
    digits.iter().all(char::is_ascii_digit)
        && (last[0].is_ascii_digit() || last[0].eq_ignore_ascii_case(&'x'))
        && ('1'..='8').contains(&digits[0])
        && YEARS.contains(&date[0])
        && is_day(date[0], date[1], date[2])
}

/// Returns whether the last character is the check digit of ISO 7064 (modulus 11-2), where X is 10.
fn has_check_digit(text: &[char]) -> bool {
    let digits = text[..IDENTITY_NUMBER.0 - 1].iter().filter_map(|c| c.to_digit(10));
    // The first weight is 2^17 mod 11, and each is half of the one before.
    let weights = (1..IDENTITY_NUMBER.0).rev().map(|place| (0..place).fold(1, |weight, _| weight * 2 % 11));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    match (12 - sum % 11) % 11 {
        10 => text[IDENTITY_NUMBER.0 - 1].eq_ignore_ascii_case(&'x'),
        check => text[IDENTITY_NUMBER.0 - 1].to_digit(10) == Some(check),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_at_the_beginning() {
        let lengths = |text: &str| {
            let text: Vec<char> = text.chars().collect();
            let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
            costs(&text, digits).map(|(length, _)| length).collect::<Vec<_>>()
        };
        assert_eq!(lengths("13912345678x"), [11]);
        assert_eq!(lengths("12912345678"), [0; 0]);
        assert_eq!(lengths("11010119900307475x"), [18]);
        assert_eq!(lengths("11010119900307475X!"), [18]);
        assert_eq!(lengths("110101199003074611"), [18]);
        assert_eq!(lengths("110101199013074611"), [0; 0]);
        assert_eq!(lengths("110101199003074610"), [18]);
        assert_eq!(lengths(""), [0; 0]);
    }

    #[test]
    fn a_wrong_check_digit_costs_more() {
        let cost = |text: &str| costs(&text.chars().collect::<Vec<_>>(), 17).map(|(_, cost)| cost).next();
        assert_eq!(cost("110101199003074610"), Some(170));
        assert_eq!(cost("110101199003074611"), Some(185));
        assert_eq!(cost("11010119900307475x"), Some(170));
    }
}
