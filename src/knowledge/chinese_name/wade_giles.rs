//! Converts Hanyu Pinyin to Wade–Giles.
//!
//! The system of H. A. Giles's dictionary (1912) as used on Taiwanese passports: without apostrophes and marks, so
//! that zh, ch, j and q all become ch. Each syllable has one spelling, except three where usage varies.

/// Returns the Wade–Giles spellings of a syllable without tones. Empty if they equal the pinyin, or the text is
/// not a syllable.
pub(super) fn wade_giles(syllable: &str) -> Vec<String> {
    let whole: &[&str] = match syllable {
        "zi" => &["tzu"],
        "ci" => &["tzu"],
        "si" => &["ssu", "szu"],
        "zhi" | "chi" => &["chih"],
        "shi" => &["shih"],
        "ri" => &["jih"],
        "yi" => &["i", "yi"],
        "you" => &["yu"],
        "ye" => &["yeh"],
        "yue" => &["yueh"],
        "yan" => &["yen"],
        "er" => &["erh"],
        "e" => &["o"],
        "lü" | "lv" | "lyu" => &["lu"],
        "nü" | "nv" | "nyu" => &["nu"],
        "lüe" | "lve" | "lyue" => &["lueh"],
        "nüe" | "nve" | "nyue" => &["nueh"],
        _ => &[],
    };
    if !whole.is_empty() {
        return whole.iter().map(ToString::to_string).collect();
    }
    let (initial, last) = split(syllable);
    if last.is_empty() {
        return Vec::new();
    }
    let written = format!("{}{}", convert_initial(initial), convert_final(initial, last));
    if written == syllable { Vec::new() } else { vec![written] }
}

/// Splits a syllable into its initial and its final.
fn split(syllable: &str) -> (&str, &str) {
    let end = syllable.find(|c: char| "aeiouü".contains(c)).unwrap_or(syllable.len());
    syllable.split_at(end)
}

fn convert_initial(initial: &str) -> &str {
    match initial {
        "b" => "p",
        "d" => "t",
        "g" => "k",
        "z" | "c" => "ts",
        "zh" | "j" | "q" => "ch",
        "x" => "hs",
        "r" => "j",
        other => other,
    }
}

fn convert_final<'a>(initial: &str, last: &'a str) -> &'a str {
    match (initial, last) {
        ("g" | "k" | "h", "e") => "o",
        ("g" | "k", "ui") => "uei",
        ("d" | "t" | "n" | "l" | "z" | "c" | "r" | "zh" | "ch", "uo") => "o",
        ("y", "ong") => "ung",
        ("y", other) => other,
        (_, "ian") => "ien",
        (_, "ie") => "ieh",
        (_, "ue") => "ueh",
        (_, "ong") => "ung",
        (_, "iong") => "iung",
        (_, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wade_giles_of_common_syllables() {
        let known = [
            ("xie", "hsieh"),
            ("zhang", "chang"),
            ("cai", "tsai"),
            ("zhou", "chou"),
            ("xu", "hsu"),
            ("jiang", "chiang"),
            ("jie", "chieh"),
            ("deng", "teng"),
            ("guo", "kuo"),
            ("luo", "lo"),
            ("xiong", "hsiung"),
            ("zhong", "chung"),
            ("ge", "ko"),
            ("gui", "kuei"),
            ("hui", "hui"),
            ("ren", "jen"),
            ("tian", "tien"),
            ("xue", "hsueh"),
            ("qian", "chien"),
            ("zuo", "tso"),
            ("yu", "yu"),
        ];
        for (pinyin, expected) in known {
            let written = wade_giles(pinyin);
            assert_eq!(written.first().map_or(pinyin, String::as_str), expected);
        }
        assert_eq!(wade_giles("yong"), ["yung"]);
        assert_eq!(wade_giles("si"), ["ssu", "szu"]);
        assert!(wade_giles("").is_empty());
        assert!(wade_giles("ng").is_empty());
    }
}
