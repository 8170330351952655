//! Random users, and passwords put together from what the rules look for.

use super::dice::Dice;
use super::folding::SUBSTITUTIONS;
use super::judge::{NOW, Situation, Stored};
use super::{order, pinyin, words};

const USERS: [&str; 12] =
    ["zhangsan", "ann", "ZhangSan", "blue.heron", "li", "a", "诸葛亮", "x_y", "al1ce", "12345", "abc-def", "otto"];
const PHONES: [&str; 5] = ["15212345678", "+86 152-1234-5678", "5551234", "4711", "020 7946 0018"];
const MAILS: [&str; 5] =
    ["blue.heron+shop@example.org", "li@b.cn", "wanderer@example.org", "a@b.c", "Q.W.E.R.T.Y.a.bc.def.ghij@k.org"];
const NAMES: [&str; 8] =
    ["张三", "吕布", "单于", "Ada Lovelace", "John Doerr,Room 1", "张三", "吕布", "Al O'Hara-Diaz Lee"];
const OTHERS: [(&str, &str); 4] =
    [("company", "Acme Widgets"), ("pet", "Mitzi"), ("company", "汉字"), ("pin", "2580")];
const STRANGE: [&str; 26] = [
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

/// A user, and for each of `passwords` what comes with it.
pub(crate) fn situation(dice: &mut Dice) -> Situation {
    let mut situation = Situation::default();
    for (name, values) in
        [("username", &USERS[..]), ("phone", &PHONES[..]), ("email", &MAILS[..]), ("name", &NAMES[..])]
    {
        if !dice.once_in(3) {
            situation.user.push((name, *dice.pick(values)));
        }
    }
    for _ in 0..dice.below(3) {
        situation.user.push(*dice.pick(&OTHERS));
    }
    if dice.once_in(8) {
        situation.user.push(("phone", *dice.pick(&PHONES)));
    }
    if dice.once_in(2) {
        situation.current = Some(text(dice, &situation));
    }
    let count = dice.below(6);
    for _ in 0..count {
        let at = dice.once_in(2).then(|| NOW + 86_400 * 3 - 86_400 * dice.between(0, 70) - dice.between(0, 1));
        let password = (!dice.once_in(20)).then(|| text(dice, &situation));
        situation.previous.push(Stored { password, is_known: dice.once_in(2), at });
    }
    situation
}

/// The password of the next judgement.
pub(crate) fn password(dice: &mut Dice, situation: &Situation) -> Vec<u8> {
    if dice.once_in(100) {
        return dice
            .pick(&[&b"\xff\xfe"[..], b"abc\0def", b"a\nb", "x\u{E000}y".as_bytes(), "\u{378}".as_bytes()])
            .to_vec();
    }
    let known = situation.previous.iter().filter_map(|previous| previous.password.as_ref());
    let known: Vec<&String> = known.chain(&situation.current).collect();
    if !known.is_empty() && dice.once_in(3) {
        let text = (*dice.pick(&known)).clone();
        return changed(dice, &text).into_bytes();
    }
    text(dice, situation).into_bytes()
}

fn text(dice: &mut Dice, situation: &Situation) -> String {
    let pieces = *dice.pick(&[1, 1, 2, 2, 3, 4, 0]);
    (0..pieces).map(|_| piece(dice, situation)).collect()
}

fn piece(dice: &mut Dice, situation: &Situation) -> String {
    let piece = match dice.below(13) {
        0 => (0..dice.between(1, 5)).map(|_| char::from(b' ' + dice.below(95) as u8)).collect(),
        1 => attribute(dice, situation),
        2 => (*dice.pick(&DATES)).to_owned(),
        3 => (0..dice.between(1, 8)).map(|_| char::from(b'0' + dice.below(10) as u8)).collect(),
        4 => sequence(dice),
        5 => walk(dice),
        6 => {
            let block = *dice.pick(&["a", "ab", "1", "😀", "Abc", "aA", "qwe", "!", "12"]);
            block.repeat(dice.between(1, 5) as usize)
        }
        7 | 8 => {
            let list = words::listed(dice.below(3));
            (*dice.pick(&list)).to_owned()
        }
        9 => (*dice.pick(&STRANGE)).to_owned(),
        10 => name(dice, situation),
        11 => (*dice.pick(&["!", "-", "_", ".", " ", "@", "77", "2026", "x", "Q"])).to_owned(),
        _ => (0..dice.between(1, 6)).map(|_| char::from(b'a' + dice.below(26) as u8)).collect(),
    };
    if dice.once_in(4) { changed(dice, &piece) } else { piece }
}

fn attribute(dice: &mut Dice, situation: &Situation) -> String {
    let Some(count) = situation.user.len().checked_sub(1) else { return "nobody".to_owned() };
    let (_, value) = situation.user[dice.below(count + 1)];
    let parts: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    match dice.below(6) {
        0 => value.to_owned(),
        1 => value.chars().rev().collect(),
        2 => parts.concat(),
        3 => value.split('@').next().unwrap_or_default().to_owned(),
        4 => {
            let characters: Vec<char> = value.chars().collect();
            characters[characters.len() - characters.len().min(dice.between(3, 7) as usize)..].iter().collect()
        }
        _ => (*dice.pick(&parts)).to_owned(),
    }
}

fn name(dice: &mut Dice, situation: &Situation) -> String {
    let Some(han) = situation.values("name").next() else { return "zhangsan".to_owned() };
    let spellings = pinyin::spellings(han);
    if spellings.is_empty() {
        return "bulv".to_owned();
    }
    let between = *dice.pick(&["", "", "", "-", " ", "1", "1990", "...", "----", ". "]);
    dice.pick(&spellings).parts().join(between)
}

fn sequence(dice: &mut Dice) -> String {
    const ALPHABETS: [&str; 8] = ["latin", "digits", "latin", "greek", "cyrillic", "zhuyin", "stems", "branches"];
    let (alphabet, other) = (*dice.pick(&ALPHABETS), *dice.pick(&ALPHABETS));
    let (from, then) = (dice.below(26), dice.below(26));
    let (by, along) = (dice.between(0, 8) as i64 - 4, dice.between(0, 8) as i64 - 4);
    let takes_turns = dice.once_in(2);
    let length = dice.between(2, 8) as i64;
    let mut text = String::new();
    for place in 0..length {
        text.push(order::step(alphabet, from, by * place));
        if takes_turns {
            text.push(order::step(other, then, along * place));
        }
    }
    text
}

fn walk(dice: &mut Dice) -> String {
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
    let rows = if dice.once_in(3) { &ROWS[5..8] } else { &ROWS[..5] };
    let rows: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
    let (mut row, mut column) = (dice.below(rows.len()) as i64, dice.below(13) as i64);
    let (mut down, mut right) = (0, 1);
    let mut text = String::new();
    for _ in 0..dice.between(3, 9) {
        row = row.clamp(0, rows.len() as i64 - 1);
        let keys = &rows[row as usize];
        column = column.clamp(0, keys.len() as i64 - 1);
        text.push(keys[column as usize]);
        if dice.once_in(2) {
            (down, right) = (dice.between(0, 2) as i64 - 1, dice.between(0, 2) as i64 - 1);
        }
        (row, column) = (row + down, column + right);
    }
    if dice.once_in(4) { text.repeat(2) } else { text }
}

/// The same in another form.
fn changed(dice: &mut Dice, text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().max(1);
    match dice.below(9) {
        0 => text.to_owned(),
        1 => text.to_uppercase(),
        2 => characters.iter().rev().collect(),
        3 => {
            let by = dice.below(length);
            characters.iter().cycle().skip(by).take(characters.len()).collect()
        }
        4 => {
            let letter = |c: &char| {
                let known = SUBSTITUTIONS.iter().find(|(_, letters)| letters.contains(c.to_ascii_lowercase()));
                if dice.once_in(2) { known.map_or(*c, |(sign, _)| *sign) } else { *c }
            };
            characters.iter().map(letter).collect()
        }
        5 => {
            let mut more = characters.clone();
            more.insert(dice.below(length), *dice.pick(&['x', '1', '-', 'é']));
            more.into_iter().collect()
        }
        6 => {
            let mut fewer = characters.clone();
            if !fewer.is_empty() {
                fewer.remove(dice.below(length));
            }
            fewer.into_iter().collect()
        }
        7 => {
            let mut other = characters.clone();
            if other.len() > 1 {
                let at = dice.below(other.len() - 1);
                other.swap(at, at + 1);
            }
            other.into_iter().collect()
        }
        _ => {
            let digit = |c: &char| if c.is_ascii_digit() { char::from(b'0' + dice.below(10) as u8) } else { *c };
            characters.iter().map(digit).collect()
        }
    }
}
