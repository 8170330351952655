use super::*;

fn listed(word: &str) -> bool {
    ["woaini", "password", "dragon", "love", "wangwei"].contains(&word)
}

#[test]
fn typical_structures_are_weak() {
    for weak in [
        "1",
        "58231947",
        "13912345678",
        "110101199003074610",
        "11010119900307475x",
        "a123456",
        "123456a",
        "qq123456789",
        "woaini1314",
        "5201314a",
        "wangwei1985",
        "wangwei19850607",
        "zhangxiaoming123",
        "lx19880612",
        "zxc123",
        "1qaz2wsx3edc",
        "147258369a",
        "qwe123asd",
        "aaaaaaaaaaaaaaaaa",
        "ababababababab",
        "passwordpassword",
        "q1w2e3r4t5",
        "a1b2c3d4e5",
        "su3cl3",
        "li1990.1.2",
        "xiaoming",
        "lovedragon",
        "123456.",
        "1990-12-31",
    ] {
        assert!(is_weak(weak, &listed), "{weak}");
    }
}

#[test]
fn random_passwords_are_not_weak() {
    for strong in [
        "",
        "kq7vz2xw9p",
        "5829471630582046",
        "110101199003074611",
        "correcthorsebatterystaple",
        "xqzvkw",
        "蓝鹭在水边",
        "wangxiaomingzaibeijing",
        "9k2x7q1m",
        "k#9x!q2z",
    ] {
        assert!(!is_weak(strong, &listed), "{strong}");
    }
}

#[test]
fn period_is_the_shortest() {
    for (text, length) in [("", 0), ("a", 1), ("aaa", 1), ("abab", 2), ("ababa", 5), ("abcabd", 6), ("aabaab", 3)]
    {
        assert_eq!(period(&text.chars().collect::<Vec<_>>()), length, "{text}");
    }
}

#[test]
fn long_texts_are_evaluated_in_linear_time() {
    for text in ["a", "ab1", "qwer", "1990", "woaini", "ji3", "密"] {
        is_weak(&text.repeat(4096 / text.len()), &listed);
        is_weak(&format!("{}x", text.repeat(4096 / text.len())), &listed);
    }
}
