use super::*;

fn tag(wanted: &str) -> Option<&'static str> {
    Language::negotiate([wanted]).map(Language::tag)
}

#[test]
fn tags_are_matched_by_language_and_script() {
    for (wanted, expected) in [
        ("en", "en"),
        ("EN_us", "en"),
        ("en-GB-oed", "en"),
        ("en_US.UTF-8", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-SG", "zh"),
        ("zh-Hans-HK", "zh"),
        ("zh_CN.GB18030", "zh"),
        ("zh-u-nu-hanidec", "zh"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("ZH-hant", "zh-Hant"),
        ("zh_TW.UTF-8", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        (" zh-TW ", "zh-Hant"),
    ] {
        assert_eq!(tag(wanted), Some(expected), "{wanted:?}");
    }
    for unsupported in ["", "C", "POSIX", "tlh", "fr", "en-Cyrl", "-", "zhx", "\u{4e2d}\u{6587}", "*"] {
        assert_eq!(tag(unsupported), None, "{unsupported:?}");
        assert_eq!(Language::from_tag(unsupported), Language::ENGLISH);
    }
}

#[test]
fn first_supported_tag_is_used() {
    assert_eq!(Language::negotiate(["fr", "zh-HK", "en"]).map(Language::tag), Some("zh-Hant"));
    assert_eq!(Language::negotiate(["fr", "tlh"]), None);
}

#[test]
fn long_tag_is_cheap_and_harmless() {
    let long = "zh-".repeat(10_000);
    assert_eq!(tag(&long), Some("zh"));
    assert_eq!(tag(&"\u{4e2d}".repeat(1_000)), None);
}

#[test]
fn placeholders_are_filled() {
    let fill = |text: &str| {
        let values =
            [("min", MessageValue::Number(1)), ("max", 5.into()), ("name", "{max}".into()), ("none", "".into())];
        Language::ENGLISH.format(text, &|wanted| {
            values.iter().find(|(known, _)| *known == wanted).map(|(_, value)| value.clone())
        })
    };
    for (text, expected) in [
        ("no placeholder", "no placeholder"),
        ("{min} to {max}", "1 to 5"),
        ("{min, plural, one {# letter} other {# letters}}", "1 letter"),
        ("{max,plural,one{# letter}other{# letters}}", "5 letters"),
        ("{max, plural, one {one} other {{min} or {max}}}", "1 or 5"),
        ("{max, plural, one {no other}}", ""),
        ("{max, plural, other {{min, plural, other {x}}}}", "{min, plural, other {x}}"),
        ("{name}", "{max}"),
        ("a {none} b", "a b"),
        ("{none} b", "b"),
        ("{unknown} {unknown, plural, one {x} other {y}}", "{unknown} {unknown, plural, one {x} other {y}}"),
        ("{min:one|two} {{min}} { {\" }", "{min:one|two} {{min}} { {\" }"),
        ("{min", "{min"),
        ("}{min}", "}1"),
    ] {
        assert_eq!(fill(text), expected, "{text}");
    }
}

#[test]
fn syntax_errors_are_found() {
    let errors = |text| Language::ENGLISH.syntax_errors(text);
    assert!(errors("{min} {min, plural, one {# letter} other {# letters}}").is_empty());
    for (text, expected) in [
        ("{min, plural, one {x}}", "`{min}`: the plural has no form `other`"),
        ("{min, plural, few {x} other {y}}", "`{min}`: the language has no plural category `few`"),
        ("{min, plural, one {{a, plural, other {}}} other {}}", "`{min}`: a plural inside a plural"),
        ("{min:one|two}", "`{min:one|two}` is not a placeholder"),
        ("{min", "unbalanced brace at `{min`"),
        ("a}", "unbalanced brace at `}`"),
    ] {
        assert_eq!(errors(text), [expected], "{text}");
    }
}

#[test]
fn deep_and_long_texts_are_harmless() {
    let nested = "{min, plural, other {".repeat(50_000) + "x" + &"}}".repeat(50_000);
    let flat = "{min, plural, other {x}}".repeat(50_000);
    for text in
        [nested, flat, "{".repeat(1_000_000), "{}".repeat(500_000), "{{".repeat(500_000) + &"}}".repeat(500_000)]
    {
        let filled = Language::ENGLISH.format(&text, &|_| Some(1.into()));
        assert!(filled.len() <= text.len());
        placeholders(&text);
        Language::ENGLISH.syntax_errors(&text);
    }
}

#[test]
fn related_languages_are_fallbacks() {
    let tags = |language: Language| language.fallbacks().map(Language::tag).collect::<Vec<_>>();
    assert_eq!(tags(Language::from_tag("zh-TW")), ["zh-Hant", "zh", "en"]);
    assert_eq!(tags(Language::ENGLISH), ["en"]);
}
