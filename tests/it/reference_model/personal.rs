//! Rules that search the password for user data.

use super::evaluate::{ExpectedViolation, Input, found};
use super::folding::{Reading, composed, fold, is_han, read_as};
use super::policy::Personal;

/// Where a text counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    BetweenBoundaries,
    Start,
    End,
    Whole,
}

/// A text to search for.
struct Needle {
    text: String,
    place: Place,
    is_reversed: bool,
}

pub(crate) fn reversed_username(
    text: &str,
    input: &Input,
    min: u64,
    whole: bool,
    read: &[&str],
) -> Vec<ExpectedViolation> {
    let is_contained = input.values("username").any(|username| {
        let username = fold(&composed(username));
        let reversed: String = username.chars().rev().collect();
        let length = username.chars().count();
        let place = match () {
            () if whole => Place::Whole,
            () if length < 4 || reversed == username => Place::BetweenBoundaries,
            () => Place::Anywhere,
        };
        length as u64 >= min
            && contains(&read_as(&fold(text), read), &Needle { text: username, place, is_reversed: true }, read, 0)
    });
    if is_contained { vec![found("reversed_username.contained", &[])] } else { Vec::new() }
}

pub(crate) fn personal(text: &str, input: &Input, rule: &Personal) -> Vec<ExpectedViolation> {
    let mut all: Vec<ExpectedViolation> = Vec::new();
    let text = read_as(&fold(text), &rule.read);
    for (name, value) in &input.user {
        if !rule.attributes.contains(&"*") && !rule.attributes.contains(name) {
            continue;
        }
        // Only the beginning of a long value counts.
        let value: String = value.chars().take(256).collect();
        let needles = needles(name, &composed(&value), rule);
        let code = match *name {
            "username" | "phone" | "email" | "name" => format!("personal.{name}"),
            _ => "personal.attribute".to_owned(),
        };
        let is_known = all.iter().any(|(known, _)| *known == code);
        if !is_known && needles.iter().any(|needle| contains(&text, needle, &rule.read, rule.max_share)) {
            all.push(found(&code, &[]));
        }
    }
    all.sort_by_key(|(code, _)| {
        ["personal.username", "personal.phone", "personal.email", "personal.name"]
            .iter()
            .position(|c| c == code)
            .unwrap_or(4)
    });
    all
}

fn needles(name: &str, value: &str, rule: &Personal) -> Vec<Needle> {
    let mut needles = Vec::new();
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let mut texts: Vec<String> = Vec::new();
    let mut sources: Vec<String> = Vec::new();
    match name {
        "phone" | "mobile" | "card" | "id_card" | "birthday" => {
            texts.push(value.to_owned());
            let number: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            sources.push(number.clone());
            let mut alone = Vec::new();
            let mut anywhere = Vec::new();
            if name == "birthday" {
                alone.extend(birthday(value, &mut anywhere));
            } else {
                let number = if matches!(name, "phone" | "mobile") { digits } else { number.to_lowercase() };
                let long: &[usize] = if matches!(name, "phone" | "mobile") { &[6] } else { &[6, 8] };
                if number.len() >= 6 {
                    anywhere.extend(
                        long.iter().filter(|n| **n <= number.len()).map(|n| number[number.len() - n..].to_owned()),
                    );
                    alone.push(number[number.len() - 4..].to_owned());
                }
                if name == "id_card" {
                    let day = [&number[6..10], &number[10..12], &number[12..14]].join("-");
                    alone.extend(birthday(&day, &mut anywhere));
                }
                anywhere.push(number);
            }
            for text in anywhere {
                needles.push(Needle { text, place: Place::Anywhere, is_reversed: false });
            }
            for text in alone {
                needles.push(Needle { text, place: Place::BetweenBoundaries, is_reversed: false });
            }
        }
        "email" => {
            let (local, domain) = value.split_once('@').expect("an address");
            texts.push(domain.to_owned());
            // Every label but the last; the addresses of the test have no longer public suffix.
            let labels: Vec<&str> = domain.split('.').collect();
            for text in labels[..labels.len() - 1].iter().chain([&local]) {
                texts.extend(words(text, rule));
                sources.extend(rule.token_separators.is_none().then(|| (*text).to_owned()));
            }
        }
        _ => {
            texts.extend(words(value, rule));
            sources.extend(rule.token_separators.is_none().then(|| value.to_owned()));
        }
    }
    for text in texts {
        let folded = fold(&text);
        let length = text.chars().count();
        let exact = rule.min_match <= rule.min_length;
        let han = !exact && text.chars().any(is_han);
        let is_palindrome = folded.chars().rev().collect::<String>() == folded;
        let anywhere = exact || han || length as u64 >= rule.min_match && !is_palindrome;
        if length >= 2 && (han || length as u64 >= rule.min_length) {
            let place = if anywhere { Place::Anywhere } else { Place::BetweenBoundaries };
            needles.push(Needle { text: folded, place, is_reversed: false });
        }
    }
    for (_, length) in rule.tails.iter().filter(|(attribute, _)| *attribute == name) {
        let letters: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
        if letters.len() >= *length as usize {
            let tail = letters[letters.len() - *length as usize..].iter().collect::<String>();
            needles.push(Needle { text: fold(&tail), place: Place::Anywhere, is_reversed: false });
        }
    }
    for source in sources {
        let shares = rule.max_share > 0;
        let characters: Vec<char> = source.chars().take(if shares { 32 } else { 64 }).collect();
        let lengths = rule.min_part.iter().flat_map(|least| *least..=if shares { 32 } else { *least });
        for window in lengths.flat_map(|length| characters.windows(length as usize)) {
            needles.push(Needle {
                text: fold(&window.iter().collect::<String>()),
                place: Place::Anywhere,
                is_reversed: false,
            });
        }
    }
    let chosen = match rule.place {
        "start" => Place::Start,
        "end" => Place::End,
        "whole" => Place::Whole,
        _ => return needles,
    };
    for needle in &mut needles {
        needle.place = if needle.place == Place::Anywhere { chosen } else { Place::Whole };
    }
    needles
}

/// Adds the forms of a date that count anywhere to `texts`, and returns those that count between boundaries. The dates of the
/// test have the year first.
fn birthday(value: &str, texts: &mut Vec<String>) -> Vec<String> {
    let numbers: Vec<u32> = value.split(['-', '/']).map(|number| number.parse().expect("a number")).collect();
    let [year, month, day] = numbers[..] else { panic!("a date") };
    let two = |number: u32| format!("{:02}", number % 100);
    let years = [year.to_string(), two(year)];
    for (one, other) in [(month, day), (day, month)] {
        for year in &years {
            texts.extend([
                [year.clone(), two(one), two(other)].concat(),
                [two(one), two(other), year.clone()].concat(),
            ]);
        }
        texts.extend([format!("{year}{one}{other}"), format!("{one}{other}{year}")]);
    }
    texts.push(years[0].clone() + &two(month));
    vec![two(month) + &two(day), two(day) + &two(month), years[0].clone()]
}

/// Returns the text, the text without separators, and its parts: first at signs, then at digits and capitals.
fn words(text: &str, rule: &Personal) -> Vec<String> {
    if let Some(separators) = rule.token_separators {
        return text.split(|c| separators.contains(c)).map(str::to_owned).collect();
    }
    let divided: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let mut all = vec![text.to_owned()];
    if rule.read.contains(&"separated") {
        all.push(divided.concat());
    }
    if !rule.tokens {
        return all;
    }
    let mut parts: Vec<String> = divided.iter().take(8).map(|part| (*part).to_owned()).collect();
    let mut pieces: Vec<String> = Vec::new();
    for word in divided {
        let characters: Vec<char> = word.chars().collect();
        let mut piece = String::new();
        for (at, c) in characters.iter().enumerate() {
            let opens = at > 0 && {
                let before = characters[at - 1];
                let in_capitals =
                    before.is_uppercase() && characters.get(at + 1).is_some_and(|c| c.is_lowercase());
                c.is_alphabetic() != before.is_alphabetic()
                    || c.is_uppercase() && (before.is_lowercase() || in_capitals)
            };
            if opens {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.push(*c);
        }
        pieces.push(piece);
    }
    let short_number = |piece: &String| !piece.starts_with(char::is_alphabetic) && piece.chars().count() < 6;
    let mut distinct: Vec<String> = Vec::new();
    for piece in pieces {
        if !short_number(&piece) && piece != text && !parts.contains(&piece) && !distinct.contains(&piece) {
            distinct.push(piece);
        }
    }
    parts.extend(distinct.into_iter().take(8));
    all.extend(parts);
    all
}

/// Returns the class: letters (including Ⅷ), digits of any script, symbols.
fn class(c: char) -> u8 {
    if c.is_alphabetic() {
        0
    } else if c.is_numeric() {
        1
    } else {
        2
    }
}

/// Returns whether a reading of the password contains the text.
fn contains(readings: &[Reading], needle: &Needle, read: &[&str], max_share: u64) -> bool {
    let of_needle: Vec<&str> =
        read.iter().copied().filter(|one| !["separated", "reversed"].contains(one)).collect();
    let is_number = needle.text.chars().all(|c| c.is_ascii_digit());
    let mut needles = read_as(&needle.text, &of_needle);
    if needle.is_reversed {
        needles.iter_mut().for_each(|reading| reading.text = reading.text.chars().rev().collect());
    }
    readings.iter().any(|reading| {
        needles.iter().any(|needle_reading| {
            let is_comparable = if is_number {
                !reading.substituted && !needle_reading.substituted
            } else {
                reading.substituted || !needle_reading.substituted
            };
            is_comparable && occurs(reading, &needle_reading.text, needle.place, max_share)
        })
    })
}

fn occurs(reading: &Reading, needle: &str, place: Place, max_share: u64) -> bool {
    let text: Vec<char> = reading.text.chars().collect();
    let needle: Vec<char> = needle.chars().collect();
    let length = needle.len();
    let is_boundary = |at: usize| at == 0 || at == text.len() || class(text[at - 1]) != class(text[at]);
    length as u64 * 100 > max_share * text.len() as u64
        && text.windows(length).enumerate().any(|(at, window)| {
            let counts = match place {
                _ if length == text.len() => true,
                Place::Anywhere => !reading.separated || length >= 6,
                Place::BetweenBoundaries => !reading.separated && is_boundary(at) && is_boundary(at + length),
                // The end of a reversed text is its beginning.
                Place::Start | Place::End => {
                    let at_start = (place == Place::Start) != reading.reversed;
                    let is_there = if at_start { at == 0 } else { at + length == text.len() };
                    is_there && (!reading.separated || length >= 6)
                }
                Place::Whole => false,
            };
            window == needle && counts
        })
}
