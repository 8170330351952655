use super::*;

fn all(text: &str, read: Transformations) -> Vec<String> {
    let text = crate::knowledge::folding::fold_case(text);
    Readings::of(&text, true).select(read).map(|reading| reading.text.to_owned()).collect()
}

const ALL: [Transformations; 4] =
    [Transformations::FOLDED, Transformations::SUBSTITUTED, Transformations::SEPARATED, Transformations::REVERSED];

fn everything() -> Transformations {
    ALL.into_iter().fold(Transformations::PLAIN, |all, one| all | one)
}

#[test]
fn readings_of_a_plain_word_are_the_word_and_its_reverse() {
    assert_eq!(all("Heron", everything()), ["heron", "noreh"]);
    assert_eq!(all("Heron", everything().without(Transformations::REVERSED)), ["heron"]);
    assert_eq!(all("", everything()), [""; 0]);
}

#[test]
fn each_transformation_is_undone_only_if_selected() {
    let folded = Transformations::FOLDED;
    assert_eq!(all("Ｈeron", Transformations::PLAIN), ["ｈeron"]);
    assert_eq!(all("Ｈeron", folded), ["heron"]);
    assert_eq!(all("Müller", folded), ["müller", "muller", "mueller"]);
    assert_eq!(all("p4$$w0rd", Transformations::SUBSTITUTED), ["p4$$w0rd", "password"]);
    assert_eq!(all("a.b c", Transformations::SEPARATED), ["a.b c", "abc"]);
    let both = Transformations::SUBSTITUTED | Transformations::SEPARATED;
    assert_eq!(all("p@s-1", both), ["p@s-1", "pas-i", "pas-l", "p@s1", "pasi", "pasl"]);
}

#[test]
fn number_and_size_of_readings_are_bounded() {
    for text in ["ü1€-@!", "ÄÖÜ11!!  ", "Ａ\u{200B}1-", "\u{FDFA}", "ａ１－ü"] {
        for times in [1, 20, 64, 1000] {
            let text = crate::knowledge::folding::fold_case(&text.repeat(times));
            for with_key in [true, false] {
                let readings = Readings::of(&text, with_key);
                assert!(readings.select(everything()).count() <= MAX_READINGS);
                assert!(!readings.has_grown(), "{text}");
            }
        }
    }
}

#[test]
fn parts_are_words_and_their_pieces() {
    assert_eq!(parts("heronlake88"), ["heronlake"]);
    assert_eq!(parts("AnnaMariaKeller"), ["Anna", "Maria", "Keller"]);
    assert_eq!(parts("anna.keller"), ["anna", "keller"]);
    assert_eq!(parts("HTTPServer2"), ["HTTP", "Server"]);
    assert_eq!(parts("x-19901212y"), ["x", "19901212y", "19901212", "y"]);
    assert_eq!(parts("plain"), [""; 0]);
    assert!(parts("a b c d e f g h i j k l m n o p q r s t u v").len() <= 2 * MAX_PARTS);
    assert_eq!(parts("张三"), [""; 0]);
}

#[test]
fn domain_labels_leave_out_the_public_suffix() {
    let labels = |domain| domain_labels(domain).collect::<Vec<_>>();
    assert_eq!(labels("acme-widgets.com"), ["acme-widgets"]);
    assert_eq!(labels("mail.acme.com.cn"), ["acme"]);
    assert_eq!(labels("163.com"), [""; 0]);
    assert_eq!(labels("localhost"), [""; 0]);
}
