//! Numbers from daily life: account, telephone and identity numbers.

/// Up to this many digits are weak: QQ numbers, telephone numbers, dates, amounts. All of them together are 10¹¹,
/// which one graphics card hashes in seconds.
const MAX_WEAK_DIGITS: usize = 11;

/// Returns whether a text is a short number or a Chinese identity number.
pub(super) fn is_number(text: &[char]) -> bool {
    let digits = !text.is_empty() && text.iter().all(char::is_ascii_digit);
    (digits && text.len() <= MAX_WEAK_DIGITS) || is_identity_number(text)
}

/// Returns whether a text is an identity number by GB 11643-1999: region, birth date, sequence number and the
/// check digit of ISO 7064 (modulus 11-2), where X is 10.
fn is_identity_number(text: &[char]) -> bool {
    const LENGTH: usize = 18;
    if text.len() != LENGTH {
        return false;
    }
    let (mut sum, last) = (0, text[LENGTH - 1]);
    for (place, c) in text[..LENGTH - 1].iter().enumerate() {
        let Some(digit) = c.to_digit(10) else { return false };
        // The first weight is 2^17 mod 11.
        let weight = (0..LENGTH - 1 - place).fold(1, |weight, _| weight * 2 % 11);
        sum += digit * weight;
    }
    let check = (12 - sum % 11) % 11;
    match last {
        'x' | 'X' => check == 10,
        digit => digit.to_digit(10) == Some(check),
    }
}

/// Numbers that sound like phrases, and lucky numbers: 520 wo ai ni, 1314 yi sheng yi shi, 7758 qin qin wo ba.
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

/// Returns the length of the longest of these numbers at the start of the text, or 0.
pub(super) fn spoken(text: &[char]) -> usize {
    let begins =
        |spoken: &&&str| spoken.len() <= text.len() && spoken.chars().eq(text[..spoken.len()].iter().copied());
    SPOKEN.iter().filter(begins).map(|spoken| spoken.len()).max().unwrap_or(0)
}
