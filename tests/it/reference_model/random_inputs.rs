//! Random users, and passwords composed of pieces that the rules search for.

use super::choices::Choices;
use super::evaluate::{Input, NOW, Stored};
use super::folding::SUBSTITUTIONS;
use super::{pinyin_name, sequence_and_keyboard, words};

const USERS: [&str; 16] = [
    "heronlake88",
    "AnnaKeller",
    "müller",
    "ışık",
    "zhangsan",
    "ann",
    "ZhangSan",
    "blue.heron",
    "li",
    "a",
    "诸葛亮",
    "x_y",
    "al1ce",
    "12345",
    "abc-def",
    "otto",
];
const PHONES: [&str; 5] = ["15212345678", "+86 152-1234-5678", "5551234", "4711", "020 7946 0018"];
const MAILS: [&str; 5] =
    ["blue.heron+shop@example.org", "li@b.cn", "wanderer@example.org", "a@b.c", "Q.W.E.R.T.Y.a.bc.def.ghij@k.org"];
const NAMES: [&str; 8] =
    ["张三", "吕布", "单于", "Ada Lovelace", "John Doerr,Room 1", "张三", "吕布", "Al O'Hara-Diaz Lee"];
/// A value of which only the first 256 characters count.
const LONG: &str = concat!(
    "Kingfisher ---------------------------------------------------------------------------------------------------",
    "--------------------------------------------------------------------------------------------------------------",
    "------------------------------------------------ Wanderer",
);
const OTHERS: [(&str, &str); 10] = [
    ("company", LONG),
    ("birthday", "1990-12-12"),
    ("birthday", "2001/3/4"),
    ("id_card", "11010519901212002X"),
    ("card", "6222 0200 1234 5678"),
    ("mobile", "138-0013-8000"),
    ("company", "Acme Widgets"),
    ("pet", "Mitzi"),
    ("company", "汉字"),
    ("pin", "2580"),
];
const STRANGE: [&str; 32] = [
    "\u{200B}",
    "\u{AD}",
    "а",
    "Ｚｈ",
    "ø",
    "Σς",
    "汉",
    "字",
    "口令",
    "哈哈哈",
    "é",
    "e\u{301}",
    "\u{301}",
    "😀",
    "👨\u{200D}👩\u{200D}👧",
    "👍🏽",
    "ａｂｃ",
    "１９９０",
    "Ä",
    "ß",
    "ŉ",
    "İ",
    "ǅ",
    "ʰ",
    "Ⅷ",
    "²",
    "٣",
    " ",
    "\u{A0}",
    "、",
    "\u{212B}",
    "ﬁ",
];
const DATES: [&str; 28] = [
    "19900102",
    "31121990",
    "12311990",
    "900102",
    "311290",
    "123190",
    "1990",
    "2024",
    "199012",
    "121990",
    "31/12/1990",
    "1990.1.2",
    "1-2-90",
    "2 1 1990",
    "1990-12",
    "12/1990",
    "2026年11月23日",
    "11月23日",
    "90年1月2日",
    "1990年5月",
    "13月2日",
    "20240229",
    "20230229",
    "2023-2-29",
    "30021990",
    "2099_12_31",
    "1890",
    "1\\2\\90",
];

/// Returns a random user with current and previous passwords.
pub(crate) fn input(choices: &mut Choices) -> Input {
    let mut input = Input::default();
    for (name, values) in
        [("username", &USERS[..]), ("phone", &PHONES[..]), ("email", &MAILS[..]), ("name", &NAMES[..])]
    {
        if !choices.once_in(3) {
            input.user.push((name, *choices.pick(values)));
        }
    }
    for _ in 0..choices.below(3) {
        input.user.push(*choices.pick(&OTHERS));
    }
    if choices.once_in(8) {
        input.user.push(("phone", *choices.pick(&PHONES)));
    }
    if choices.once_in(2) {
        input.current = Some(text(choices, &input));
    }
    let count = choices.below(6);
    for _ in 0..count {
        let at =
            choices.once_in(2).then(|| NOW + 86_400 * 3 - 86_400 * choices.between(0, 70) - choices.between(0, 1));
        let password = (!choices.once_in(20)).then(|| text(choices, &input));
        input.previous.push(Stored { password, is_supported: choices.once_in(2), at });
    }
    if choices.once_in(2) {
        let far = 86_400 * choices.between(0, 3);
        input.password_set = Some(NOW + 86_400 * 2 - far - choices.between(0, 3_601));
    }
    input
}

/// Returns a random password.
pub(crate) fn password(choices: &mut Choices, input: &Input) -> Vec<u8> {
    if choices.once_in(100) {
        return choices
            .pick(&[&b"\xff\xfe"[..], b"abc\0def", b"a\nb", "x\u{E000}y".as_bytes(), "\u{378}".as_bytes()])
            .to_vec();
    }
    let known = input.previous.iter().filter_map(|previous| previous.password.as_ref());
    let known: Vec<&String> = known.chain(&input.current).collect();
    if !known.is_empty() && choices.once_in(3) {
        let text = (*choices.pick(&known)).clone();
        return varied(choices, &text).into_bytes();
    }
    text(choices, input).into_bytes()
}

fn text(choices: &mut Choices, input: &Input) -> String {
    let pieces = *choices.pick(&[1, 1, 2, 2, 3, 4, 0]);
    (0..pieces).map(|_| piece(choices, input)).collect()
}

fn piece(choices: &mut Choices, input: &Input) -> String {
    let piece = match choices.below(13) {
        0 => (0..choices.between(1, 5)).map(|_| char::from(b' ' + choices.below(95) as u8)).collect(),
        1 => attribute(choices, input),
        2 => (*choices.pick(&DATES)).to_owned(),
        3 => (0..choices.between(1, 8)).map(|_| char::from(b'0' + choices.below(10) as u8)).collect(),
        4 => sequence(choices),
        5 => walk(choices),
        6 => {
            let block = *choices.pick(&["a", "ab", "1", "😀", "Abc", "aA", "qwe", "!", "12"]);
            block.repeat(choices.between(1, 5) as usize)
        }
        7 | 8 => {
            let list = words::listed(choices.below(3));
            (*choices.pick(&list)).to_owned()
        }
        9 => (*choices.pick(&STRANGE)).to_owned(),
        10 => name(choices, input),
        11 => (*choices.pick(&["!", "-", "_", ".", " ", "@", "77", "2026", "x", "Q"])).to_owned(),
        _ => (0..choices.between(1, 6)).map(|_| char::from(b'a' + choices.below(26) as u8)).collect(),
    };
    if choices.once_in(4) { varied(choices, &piece) } else { piece }
}

fn attribute(choices: &mut Choices, input: &Input) -> String {
    let Some(count) = input.user.len().checked_sub(1) else { return "nobody".to_owned() };
    let (_, value) = input.user[choices.below(count + 1)];
    let parts: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    match choices.below(6) {
        0 => value.to_owned(),
        1 => value.chars().rev().collect(),
        2 => parts.concat(),
        3 => value.split('@').next().unwrap_or_default().to_owned(),
        4 => {
            let characters: Vec<char> = value.chars().collect();
            characters[characters.len() - characters.len().min(choices.between(3, 7) as usize)..].iter().collect()
        }
        _ => (*choices.pick(&parts)).to_owned(),
    }
}

fn name(choices: &mut Choices, input: &Input) -> String {
    let Some(han) = input.values("name").next() else { return "zhangsan".to_owned() };
    let spellings = pinyin_name::spellings(han);
    if spellings.is_empty() {
        return "bulv".to_owned();
    }
    let between = *choices.pick(&["", "", "", "-", " ", "1", "1990", "...", "----", ". "]);
    choices.pick(&spellings).parts().join(between)
}

fn sequence(choices: &mut Choices) -> String {
    const ALPHABETS: [&str; 11] = [
        "latin", "digits", "latin", "greek", "cyrillic", "zhuyin", "stems", "branches", "polish", "czech",
        "german",
    ];
    let (alphabet, other) = (*choices.pick(&ALPHABETS), *choices.pick(&ALPHABETS));
    let (from, then) = (choices.below(26), choices.below(26));
    let (by, along) = (choices.between(0, 8) as i64 - 4, choices.between(0, 8) as i64 - 4);
    let interleaved = choices.once_in(2);
    let length = choices.between(2, 8) as i64;
    let mut text = String::new();
    for place in 0..length {
        text.push(sequence_and_keyboard::step(alphabet, from, by * place));
        if interleaved {
            text.push(sequence_and_keyboard::step(other, then, along * place));
        }
    }
    text
}

fn walk(choices: &mut Choices) -> String {
    if choices.once_in(6) {
        let rows = ["^{[]}", "żźćvbń", "asdfghjkł", "²³4567", "wertzuiopü+"];
        return choices.pick(&rows).to_string();
    }
    const ROWS: [&str; 8] = [
        "`1234567890-=",
        "~!@#$%^&*()_+",
        "~qwertyuiop[]\\",
        "~asdfghjkl;'",
        "~zxcvbnm,./",
        "789-",
        "456+",
        "123",
    ];
    let rows = if choices.once_in(3) { &ROWS[5..8] } else { &ROWS[..5] };
    let rows: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
    let (mut row, mut column) = (choices.below(rows.len()) as i64, choices.below(13) as i64);
    let (mut down, mut right) = (0, 1);
    let mut text = String::new();
    for _ in 0..choices.between(3, 9) {
        row = row.clamp(0, rows.len() as i64 - 1);
        let keys = &rows[row as usize];
        column = column.clamp(0, keys.len() as i64 - 1);
        text.push(keys[column as usize]);
        if choices.once_in(2) {
            (down, right) = (choices.between(0, 2) as i64 - 1, choices.between(0, 2) as i64 - 1);
        }
        (row, column) = (row + down, column + right);
    }
    if choices.once_in(4) { text.repeat(2) } else { text }
}

/// Returns a variation of a text.
fn varied(choices: &mut Choices, text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().max(1);
    match choices.below(12) {
        0 => text.to_owned(),
        8 => characters.iter().map(|c| format!("{c}-")).collect(),
        9 => {
            let between = *choices.pick(&["\u{200B}", " ", ".", "\u{AD}"]);
            let at = choices.below(length);
            characters
                .iter()
                .enumerate()
                .map(|(n, c)| if n == at { format!("{between}{c}") } else { c.to_string() })
                .collect()
        }
        10 => {
            let wide = |c: &char| match c {
                '!'..='~' => char::from_u32(u32::from(*c) + 0xFEE0).unwrap_or(*c),
                _ => *c,
            };
            characters.iter().map(wide).collect()
        }
        1 => text.to_uppercase(),
        2 => characters.iter().rev().collect(),
        3 => {
            let by = choices.below(length);
            characters.iter().cycle().skip(by).take(characters.len()).collect()
        }
        4 => {
            let letter = |c: &char| {
                let known = SUBSTITUTIONS.iter().find(|(_, letters)| letters.contains(c.to_ascii_lowercase()));
                if choices.once_in(2) { known.map_or(*c, |(sign, _)| *sign) } else { *c }
            };
            characters.iter().map(letter).collect()
        }
        5 => {
            let mut more = characters.clone();
            more.insert(choices.below(length), *choices.pick(&['x', '1', '-', 'é']));
            more.into_iter().collect()
        }
        6 => {
            let mut fewer = characters.clone();
            if !fewer.is_empty() {
                fewer.remove(choices.below(length));
            }
            fewer.into_iter().collect()
        }
        7 => {
            let mut other = characters.clone();
            if other.len() > 1 {
                let at = choices.below(other.len() - 1);
                other.swap(at, at + 1);
            }
            other.into_iter().collect()
        }
        _ => {
            let digit =
                |c: &char| if c.is_ascii_digit() { char::from(b'0' + choices.below(10) as u8) } else { *c };
            characters.iter().map(digit).collect()
        }
    }
}
