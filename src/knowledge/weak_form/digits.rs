//! Numbers that people have: of an account, of a telephone, of an identity card.

/// So many digits alone are weak, whatever they are: those of a QQ number, a telephone number, a date, an amount. All of
/// them are a hundred billion, which one graphics card hashes in seconds.
const FEW: usize = 11;

/// Whether a text is a number that somebody has: of few digits, or a Chinese identity number.
pub(super) fn is_number(text: &[char]) -> bool {
    let digits = !text.is_empty() && text.iter().all(char::is_ascii_digit);
    (digits && text.len() <= FEW) || is_identity_number(text)
}

/// Whether it is an identity number as GB 11643-1999 has it: region, birthday, number and the check digit of ISO 7064
/// (modulus 11-2), where 10 is X.
fn is_identity_number(text: &[char]) -> bool {
    const LENGTH: usize = 18;
    if text.len() != LENGTH {
        return false;
    }
    let (mut sum, last) = (0, text[LENGTH - 1]);
    for (place, c) in text[..LENGTH - 1].iter().enumerate() {
        let Some(digit) = c.to_digit(10) else { return false };
        // 2 to the power of 17 at the first place, and so on.
        let weight = (0..LENGTH - 1 - place).fold(1, |weight, _| weight * 2 % 11);
        sum += digit * weight;
    }
    let check = (12 - sum % 11) % 11;
    match last {
        'x' | 'X' => check == 10,
        digit => digit.to_digit(10) == Some(check),
    }
}

/// Digits that sound like words, and those that bring luck: 520 wo ai ni, 1314 yi sheng yi shi, 7758 qin qin wo ba.
const SPOKEN: &[&str] = &[
    "520",
    "521",
    "1314",
    "5201314",
    "5211314",
    "1314520",
    "1314521",
    "7758521",
    "7758258",
    "7758520",
    "3344",
    "3344520",
    "3344521",
    "1573",
    "530",
    "584",
    "5845",
    "5845201314",
    "5845211314",
    "5845131421",
    "9494",
    "8084",
    "770880",
    "168",
    "1688",
    "518",
    "588",
    "688",
    "668",
    "110",
    "119",
    "120",
    "10086",
    "10010",
    "10000",
    "2008",
    "911",
    "007",
    "250",
    "438",
    "748",
    "995",
    "886",
    "987",
    "1392010",
    "25257758",
    "147258",
    "147258369",
    "159357",
    "159753",
    "741852",
    "741852963",
    "258369",
    "258456",
    "789456",
    "789456123",
    "456123",
    "456852",
    "123321",
    "321321",
    "112233",
    "1122",
];

/// The length of the longest of them that a text begins with; 0 where it begins with none.
pub(super) fn spoken(text: &[char]) -> usize {
    let begins =
        |spoken: &&&str| spoken.len() <= text.len() && spoken.chars().eq(text[..spoken.len()].iter().copied());
    SPOKEN.iter().filter(begins).map(|spoken| spoken.len()).max().unwrap_or(0)
}
