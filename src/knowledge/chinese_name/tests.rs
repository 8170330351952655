//! Tests of the whole module: names in, spellings and matches out.

use proptest::prelude::*;

use super::*;

fn spell(name: &str) -> Spellings {
    spellings(name, &NameOptions::default())
}

fn regional(name: &str) -> Spellings {
    spellings(name, &NameOptions { regional_spellings: true })
}

fn has(spellings: &Spellings, text: &str) -> bool {
    spellings.iter().any(|spelling| spelling.text == text)
}

fn found(name: &str, password: &str) -> Option<(NameForm, usize)> {
    find(&spell(name), password, 4).map(|found| (found.form, found.letters))
}

#[test]
fn spellings_of_a_name_have_every_form() {
    let name = spell("张三丰");
    let expected = [
        ("fengsanzhang", NameForm::GivenFamily),
        ("sanfeng", NameForm::Given),
        ("sanfengz", NameForm::InitialsMixed),
        ("sanfengzhang", NameForm::GivenFamily),
        ("sfz", NameForm::Initials),
        ("sfzhang", NameForm::InitialsMixed),
        ("zhang", NameForm::Family),
        ("zhangsanfeng", NameForm::FamilyGiven),
        ("zhangsf", NameForm::InitialsMixed),
        ("zsanfeng", NameForm::InitialsMixed),
        ("zsf", NameForm::Initials),
    ];
    assert!(name.iter().map(|spelling| (spelling.text, spelling.form)).eq(expected));
    assert_eq!(name.len(), 11);
}

#[test]
fn surnames_use_their_own_readings() {
    let names = [
        ("单雄信", "shanxiongxin"),
        ("單雄信", "shanxiongxin"),
        ("曾国藩", "zengguofan"),
        ("解缙", "xiejin"),
        ("仇英", "qiuying"),
        ("区大相", "oudaxiang"),
        ("區大相", "oudaxiang"),
        ("查良镛", "zhaliangyong"),
        ("尉迟敬德", "yuchijingde"),
        ("尉遲敬德", "yuchijingde"),
        ("万俟咏", "moqiyong"),
        ("萬俟詠", "moqiyong"),
        ("长孙无忌", "zhangsunwuji"),
        ("乐毅", "yueyi"),
        ("蓋叫天", "gejiaotian"),
        ("朴正", "piaozheng"),
        ("翟让", "zhairang"),
        ("覃辉", "qinhui"),
        ("员半千", "yunbanqian"),
        ("黑伯龙", "hebolong"),
        ("召忽", "shaohu"),
        ("种师道", "chongshidao"),
        ("繁钦", "poqin"),
        ("隗嚣", "weixiao"),
        ("么书仪", "yaoshuyi"),
        ("折可存", "shekecun"),
        ("缪荃孙", "miaoquansun"),
        ("洗星海", "xianxinghai"),
        ("秘彭祖", "bipengzu"),
        ("祭遵", "zhaizun"),
        ("佴伟", "naiwei"),
        ("单于丹", "chanyudan"),
        ("澹台灭明", "tantaimieming"),
        ("亓官明", "qiguanming"),
        ("令狐冲", "linghuchong"),
        ("爱新觉罗溥仪", "aixinjueluopuyi"),
    ];
    for (name, expected) in names {
        let spellings = spell(name);
        assert!(has(&spellings, expected), "{name}: {expected}");
    }
}

#[test]
fn family_name_alone_has_surname_readings_only() {
    let alone: Vec<String> = spell("曾巩")
        .iter()
        .filter(|spelling| spelling.form == NameForm::Family)
        .map(|s| s.text.to_owned())
        .collect();
    assert_eq!(alone, ["zeng"]);
    assert!(has(&spell("曾巩"), "cenggong"), "people mispronounce surnames");
    assert!(spell("李").iter().map(|spelling| spelling.text).eq(["li"]));
}

#[test]
fn compound_surname_is_also_read_as_single() {
    let name = spell("欧阳锋");
    for text in ["ouyangfeng", "fengouyang", "ouyang", "feng", "yangfeng", "oyf", "ouyf", "oyfeng", "ouyangf"] {
        assert!(has(&name, text), "{text}");
    }
    assert!(has(&spell("陈方安生"), "ansheng"));
}

#[test]
fn u_umlaut_has_four_spellings() {
    for text in ["lvbu", "lubu", "lyubu", "lübu", "bulv", "lvb", "lyub"] {
        assert!(has(&spell("吕布"), text), "{text}");
    }
    assert!(has(&spell("张绿"), "zhanglv"));
    assert!(has(&spell("李略"), "lilve"));
    assert_eq!(found("吕布", "lübu99"), Some((NameForm::FamilyGiven, 4)));
    assert_eq!(found("吕小布", "ubüL-4".to_lowercase().as_str()), None);
    assert_eq!(found("张绿珠", "uhzülgnahz"), Some((NameForm::FamilyGiven, 10)));
    assert_eq!(found("张绿珠", "zhang lǜ zhū"), Some((NameForm::FamilyGiven, 10)));
}

#[test]
fn dots_and_spaces_split_names() {
    let name = spell("买买提·吐尔逊");
    for text in ["maimaitituerxun", "tuerxunmaimaiti", "maimaiti", "tuerxun", "mmtter"] {
        assert_eq!(has(&name, text), text != "mmtter", "{text}");
    }
    for written in ["欧阳 锋", "欧 阳 锋", "欧阳・锋", "　欧阳\u{3000}锋 ", "欧阳锋（导演）", "欧阳锋 (IT)"]
    {
        assert!(has(&spell(written), "ouyangfeng"), "{written}");
        assert!(has(&spell(written), "ouyang"), "{written}");
    }
}

#[test]
fn latin_words_are_syllables() {
    for written in ["陈大文 David", "David 陈大文", "陈大文(David)"] {
        let name = spell(written);
        for text in ["chendawen", "dawen", "cdw", "chendavid", "davidchen"] {
            assert!(has(&name, text), "{written}: {text}");
        }
    }
    assert!(has(&spell("David 陈大文"), "davidchendawen"));
    assert!(has(&spell("阿Ken"), "aken"));
    for latin in ["", "Zhang San", "Müller", "김철수", "Иван", "1234", "😀", "\0", "··"] {
        assert!(spell(latin).is_empty(), "{latin}");
        assert_eq!(find(&spell(latin), "zhangsan", 4), None);
    }
}

#[test]
fn compatibility_forms_are_resolved() {
    let plain: Vec<String> = spell("黄金龙").iter().map(|spelling| spelling.text.to_owned()).collect();
    for written in ["⻩⾦⻰", "\u{2EE9}金\u{2EF0}", "黄\u{FE00}金\0龙", "黄😀金\u{200D}龙", "黄\u{F90A}龙"]
    {
        assert!(spell(written).iter().map(|spelling| spelling.text).eq(plain.iter()), "{written}");
    }
    assert!(has(&spell("张Ｔom"), "zhangtom"));
}

#[test]
fn regional_spellings_are_optional() {
    let names = [
        ("王家卫", "wongjiawei"),
        ("张国荣", "cheung"),
        ("張國榮", "guorongcheung"),
        ("陈奕迅", "chanyixun"),
        ("李小龙", "lee"),
        ("谢长廷", "hsiehchangting"),
        ("蒋中正", "chiangchungcheng"),
        ("许信良", "hsuhsinliang"),
        ("欧阳震华", "auyeung"),
        ("吕秀莲", "luhsiulien"),
        ("吴作栋", "goh"),
        ("黄文", "wongw"),
    ];
    for (name, expected) in names {
        assert!(has(&regional(name), expected), "{name}: {expected}");
        assert!(spell(name).iter().all(|spelling| has(&regional(name), spelling.text)));
    }
    assert!(!has(&spell("王家卫"), "wongjiawei"));
}

#[test]
fn match_criteria() {
    use NameForm::{Family, FamilyGiven, Given, GivenFamily, Initials, InitialsMixed};
    let rejected = [
        ("张三", "zhangsan123", FamilyGiven, 8),
        ("张三", "zhang.san", FamilyGiven, 8),
        ("张三", "zhang - san!", FamilyGiven, 8),
        ("张三", "zhang1san1", FamilyGiven, 8),
        ("张三", "zhang1990san", FamilyGiven, 8),
        ("张三", "ｚｈａｎｇｓａｎ", FamilyGiven, 8),
        ("张三", "zhāngsān", FamilyGiven, 8),
        ("张三", "x9nasgnahz4", FamilyGiven, 8),
        ("张三", "san_zhang", GivenFamily, 8),
        ("张三", "zs19900101", Initials, 2),
        ("张三", "z.s@1234", Initials, 2),
        ("张三", "zhangs520", InitialsMixed, 6),
        ("张三", "zhang!2026", Family, 5),
        ("王伟", "mywangweipw", FamilyGiven, 7),
        ("李安", "lian2026!", FamilyGiven, 4),
        ("李安", "tower-lian-88", FamilyGiven, 4),
        ("李安", "塔lian塔88tower", FamilyGiven, 4),
        ("李昂", "woailiang1314", FamilyGiven, 5),
        ("李小龙", "xiaolong-tower", Given, 8),
        ("张三丰", "zhangsf-t0wer", InitialsMixed, 7),
        ("欧阳锋", "tower ouyang 7", Family, 6),
    ];
    for (name, password, form, letters) in rejected {
        assert_eq!(found(name, password), Some((form, letters)), "{name} in {password}");
    }
    let accepted = [
        ("李安", "brilliant"),
        ("李安", "brilliant2026!"),
        ("李安", "nail-gun-77"),
        ("李安", "li1990an-tower"),
        ("张三", "zs-tower-88"),
        ("张三", "zhang-tower-88"),
        ("张三", "z hang san tower"),
        ("张三", "zhang----santower"),
        ("张三", "zhangchen1990"),
        ("宋玲", "sling-tower-88"),
        ("宋玲", "song-of-the-sea"),
        ("龙", "long-way-home"),
        ("王伟", "wan gwei"),
        ("王", "w1990"),
    ];
    for (name, password) in accepted {
        assert_eq!(found(name, password), None, "{name} in {password}");
    }
}

#[test]
fn min_match_excludes_shorter_matches() {
    let name = spell("李安");
    assert!(find(&name, "tower-lian-88", 4).is_some());
    assert!(find(&name, "tower-lian-88", 5).is_none());
    assert!(find(&name, "lian-88", 12).is_some(), "all letters of the password");
}

#[test]
fn hostile_names_stay_within_limits() {
    let names =
        ["乐", "繆", "啊", "昂", "绿", "欧阳", "a乐", "乐 ", "乐·b", "\u{FDFA}", "\u{0308}", "𠀀", "\u{10FFFF}"];
    for name in names {
        for options in [false, true] {
            let forms = spellings(&name.repeat(256), &NameOptions { regional_spellings: options });
            assert!(forms.len() <= MAX_SPELLINGS);
            assert!(forms.iter().all(|spelling| spelling.text.len() <= MAX_LETTERS && !spelling.text.is_empty()));
            find(&forms, &"a".repeat(4096), 4);
            find(&forms, &"lelele.".repeat(585), 4);
        }
    }
}

#[test]
fn rarest_readings_are_dropped_first_and_surname_readings_never() {
    // 乐 has five readings; twelve of them yield 244 million names.
    let name = spell(&format!("单{}", "樂".repeat(12)));
    assert!(has(&name, &format!("shan{}", "le".repeat(12))));
    assert!(name.iter().filter(|spelling| spelling.form == NameForm::Given).count() <= MAX_GIVEN);
}

#[test]
fn debug_hides_the_name() {
    assert_eq!(format!("{:?}", spell("张三")), "Spellings { len: 10, .. }");
}

proptest! {
    #[test]
    fn arbitrary_names_stay_within_limits(
        name in "\\PC{0,40}|[张单乐吕欧阳·a ]{0,20}",
        password in "\\PC{0,40}|[a-z0-9.ü]{0,40}",
        min_match in 0_usize..9,
    ) {
        for options in [false, true] {
            let forms = spellings(&name, &NameOptions { regional_spellings: options });
            prop_assert!(forms.len() <= MAX_SPELLINGS);
            for spelling in forms.iter() {
                prop_assert!(spelling.text.chars().all(|c| c.is_ascii_lowercase() || c == 'ü'));
                prop_assert!(spelling.text.len() <= MAX_LETTERS);
                let alone = format!("{}99", spelling.text);
                prop_assert!(spelling.text.len() < 2 || find(&forms, &alone, min_match).is_some());
            }
            prop_assert!(forms.iter().is_sorted_by(|a, b| a.text < b.text));
            if let Some(found) = find(&forms, &password, min_match) {
                prop_assert!(found.letters >= 2 && found.letters <= password.chars().count());
            }
        }
    }
}
