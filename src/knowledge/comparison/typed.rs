//! Attributes that are numbers with parts of their own: a birthday, an identity number, a telephone number, a card.

use zeroize::Zeroizing;

use super::Place;

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// A text: a name, a username, a company.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number of any region.
    Phone,
    /// A date of birth, with the year first or last.
    Birthday,
    /// An identity number. A Chinese one contains the date of birth.
    IdCard,
    /// The number of a bank card or customer card.
    Card,
}

/// The usual names of attributes that are not plain texts.
const NAMES: [(&str, AttributeType); 20] = [
    ("email", AttributeType::Email),
    ("phone", AttributeType::Phone),
    ("mobile", AttributeType::Phone),
    ("telephone", AttributeType::Phone),
    ("tel", AttributeType::Phone),
    ("phone_number", AttributeType::Phone),
    ("mobile_phone", AttributeType::Phone),
    ("birthday", AttributeType::Birthday),
    ("birthdate", AttributeType::Birthday),
    ("birth_date", AttributeType::Birthday),
    ("date_of_birth", AttributeType::Birthday),
    ("dob", AttributeType::Birthday),
    ("id_card", AttributeType::IdCard),
    ("idcard", AttributeType::IdCard),
    ("id_number", AttributeType::IdCard),
    ("identity_number", AttributeType::IdCard),
    ("national_id", AttributeType::IdCard),
    ("card", AttributeType::Card),
    ("bank_card", AttributeType::Card),
    ("card_number", AttributeType::Card),
];

/// Further usual names, of attributes that are plain texts.
const TEXT_NAMES: [&str; 14] = [
    "username",
    "name",
    "full_name",
    "first_name",
    "last_name",
    "given_name",
    "family_name",
    "nickname",
    "company",
    "department",
    "address",
    "city",
    "employee_id",
    "student_id",
];

/// Returns the usual names of attributes. A host can send others.
pub fn usual_attributes() -> impl Iterator<Item = &'static str> {
    TEXT_NAMES.into_iter().chain(NAMES.iter().map(|(name, _)| *name))
}

impl AttributeType {
    /// Returns the type of the attribute that is usually called `name`.
    pub fn of(name: &str) -> AttributeType {
        NAMES.iter().find(|(known, _)| *known == name).map_or(AttributeType::Text, |(_, one)| *one)
    }
}

/// Calls `add` with the parts of a number that owners type, and with the place where each counts.
pub fn number_parts(value: &str, of: AttributeType, add: &mut dyn FnMut(&str, Place)) {
    let mut number = Zeroizing::new(String::with_capacity(value.len()));
    number.extend(value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
    match of {
        AttributeType::Text | AttributeType::Email => (),
        AttributeType::Birthday => {
            if let Some(date) = date(value, &number) {
                date_forms(date, add);
            }
        }
        AttributeType::Phone => {
            number.retain(|c| c.is_ascii_digit());
            add(&number, Place::Anywhere);
            add_tails(&number, &[(6, Place::Anywhere), (4, Place::Alone)], add);
        }
        AttributeType::Card | AttributeType::IdCard => {
            add(&number, Place::Anywhere);
            add_tails(&number, &[(8, Place::Anywhere), (6, Place::Anywhere), (4, Place::Alone)], add);
            // 18 characters contain YYYYMMDD after the region; the 15 of the numbers before 2000 contain YYMMDD.
            let day = match number.len() {
                _ if of == AttributeType::Card => None,
                18 => number.get(6..14),
                15 => number.get(6..12),
                _ => None,
            };
            if let Some(date) = day.and_then(|day| date("", day)) {
                date_forms(date, add);
            }
        }
    }
}

fn add_tails(number: &str, tails: &[(usize, Place)], add: &mut dyn FnMut(&str, Place)) {
    let shortest_number = 6;
    for (length, place) in tails {
        if number.len() >= shortest_number
            && let Some(tail) = number.len().checked_sub(*length).and_then(|start| number.get(start..))
        {
            add(tail, *place);
        }
    }
}

/// Reads a date: three numbers with the year of four digits first or last, or eight or six digits without separators.
/// Day and month of a date whose year is last are read in both orders by [`date_forms`].
fn date(written: &str, digits: &str) -> Option<[u32; 3]> {
    let number = |text: &str| text.parse::<u32>().ok();
    let mut groups = written.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let three = (groups.next(), groups.next(), groups.next());
    let date = match three {
        (Some(year), Some(month), Some(day)) if year.len() == 4 => [number(year)?, number(month)?, number(day)?],
        (Some(day), Some(month), Some(year)) if year.len() == 4 => [number(year)?, number(month)?, number(day)?],
        _ => match digits.len() {
            8 => [number(digits.get(..4)?)?, number(digits.get(4..6)?)?, number(digits.get(6..)?)?],
            6 => [1900 + number(digits.get(..2)?)?, number(digits.get(2..4)?)?, number(digits.get(4..)?)?],
            _ => return None,
        },
    };
    let [year, month, day] = date;
    let is_possible = (1..=31).contains(&month) && (1..=31).contains(&day) && month.min(day) <= 12;
    ((1800..=2200).contains(&year) && is_possible).then_some(date)
}

/// Adds the usual forms of a date: with the year first or last, of four or two digits, in every order of month and day, and
/// the day without the year and the year alone between boundaries.
fn date_forms([year, month, day]: [u32; 3], add: &mut dyn FnMut(&str, Place)) {
    let short = year % 100;
    for (a, b) in [(month, day), (day, month)] {
        for form in [
            format!("{year}{a:02}{b:02}"),
            format!("{year}{a}{b}"),
            format!("{short:02}{a:02}{b:02}"),
            format!("{a:02}{b:02}{year}"),
            format!("{a}{b}{year}"),
            format!("{a:02}{b:02}{short:02}"),
        ] {
            add(&Zeroizing::new(form), Place::Anywhere);
        }
        add(&Zeroizing::new(format!("{a:02}{b:02}")), Place::Alone);
    }
    add(&Zeroizing::new(format!("{year}{month:02}")), Place::Anywhere);
    add(&Zeroizing::new(format!("{year}")), Place::Alone);
}
