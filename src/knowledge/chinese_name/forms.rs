//! From the syllables of a name to the forms people type: which part is the family name, and in which order,
//! whole or by initials, the parts stand.

use super::characters::{Syllable, plain_text, syllables};
use super::spelling::{NameForm, Spellings};
use super::surnames::{self, Surname};
use super::texts::Texts;
use super::wade_giles::wade_giles;
use super::{MAX_FAMILY, MAX_GIVEN, NameOptions};

/// Every way to type a name.
pub(super) fn of_name(name: &str, options: &NameOptions) -> Spellings {
    let text = plain_text(name);
    let all = syllables(&text);
    let mut maker = Maker { spellings: Spellings::default(), regional: options.regional_spellings };
    if all.iter().all(|syllable| syllable.character.is_some()) {
        maker.han(&all);
    } else {
        maker.mixed(&all);
    }
    maker.spellings.finish()
}

struct Maker {
    spellings: Spellings,
    regional: bool,
}

impl Maker {
    /// A name with Latin words in it: its 汉字 as a name, the family name with the words, and all of it as written.
    fn mixed(&mut self, all: &[Syllable]) {
        let (han, words): (Vec<Syllable>, Vec<Syllable>) =
            all.iter().partition(|syllable| syllable.character.is_some());
        if han.is_empty() {
            return;
        }
        self.han(&han);
        let family = match surnames::compound(&han) {
            Some(surname) => surname.read(&han[..surname.width()]),
            None => family_of(&han[..1]).1,
        };
        let families = Texts::combinations(&family, MAX_FAMILY);
        for word in &words {
            let word = Texts::combinations(&[*word], 1);
            self.spellings.join(NameForm::FamilyGiven, &families, &word);
            self.spellings.join(NameForm::GivenFamily, &word, &families);
        }
        self.spellings.join(NameForm::FamilyGiven, &Texts::combinations(all, MAX_GIVEN), &Texts::default());
    }

    /// A name all in 汉字, perhaps divided by spaces or dots.
    fn han(&mut self, name: &[Syllable]) {
        let parts: Vec<&[Syllable]> = name.chunk_by(|_, next| !next.opens_part).collect();
        // 欧 阳 锋, and also 阿卜杜拉: nothing is divided.
        if parts.len() < 2 || parts.iter().all(|part| part.len() == 1) {
            return self.undivided(name);
        }
        let (first, rest) = name.split_at(parts[0].len());
        self.divide(first, rest);
        if first.len() > 1 {
            // 李安（导演）: the first part may be a whole name.
            self.undivided(first);
        }
        for part in parts {
            self.spellings.join(NameForm::Given, &Texts::combinations(part, MAX_GIVEN), &Texts::default());
        }
    }

    /// A name with nothing to show where the family name ends.
    fn undivided(&mut self, name: &[Syllable]) {
        let compound = surnames::compound(name);
        if let Some(surname) = compound {
            let (family, given) = name.split_at(surname.width());
            self.divide(family, given);
        }
        if let Some((family, given)) = name.split_at_checked(1) {
            self.divide(family, given);
        }
        if name.len() == 4 && compound.is_none() {
            // 陈方安生: two surnames, as a married name or as a compound one that the table lacks.
            let (family, given) = name.split_at(2);
            self.divide(family, given);
        }
    }

    /// The forms of a family name and a given name; the given one may be empty.
    fn divide(&mut self, family: &[Syllable], given: &[Syllable]) {
        let (surname, family) = family_of(family);
        self.combine(&Texts::combinations(&family, MAX_FAMILY), &family, given);
        let alone: Vec<Syllable> = family.iter().map(|syllable| syllable.as_surname()).collect();
        self.spellings.join(NameForm::Family, &Texts::combinations(&alone, MAX_FAMILY), &Texts::default());
        if self.regional {
            self.regional(surname, &alone, given);
        }
    }

    fn combine(&mut self, families: &Texts, family: &[Syllable], given: &[Syllable]) {
        if given.is_empty() {
            return;
        }
        let givens = Texts::combinations(given, MAX_GIVEN);
        let family_initials = Texts::initials(family, MAX_FAMILY);
        let given_initials = Texts::initials(given, MAX_GIVEN);
        let out = &mut self.spellings;
        out.join(NameForm::FamilyGiven, families, &givens);
        out.join(NameForm::GivenFamily, &givens, families);
        out.join(NameForm::Given, &givens, &Texts::default());
        out.join(NameForm::InitialsMixed, families, &given_initials);
        out.join(NameForm::InitialsMixed, &family_initials, &givens);
        out.join(NameForm::InitialsMixed, &givens, &family_initials);
        out.join(NameForm::InitialsMixed, &given_initials, families);
        out.join(NameForm::Initials, &family_initials, &given_initials);
        out.join(NameForm::Initials, &given_initials, &family_initials);
    }

    /// The family name as it is spelled elsewhere, with the given name in pinyin and in Wade–Giles.
    fn regional(&mut self, surname: Option<&Surname>, family: &[Syllable], given: &[Syllable]) {
        let mut families = Texts::default();
        for spelling in surname.into_iter().flat_map(Surname::elsewhere) {
            families.add(spelling);
        }
        let family_respelled = Respelled::new(family);
        for (text, _) in Texts::combinations(&family_respelled.syllables(family), MAX_FAMILY).iter() {
            families.add(std::iter::once(text));
        }
        self.spellings.join(NameForm::Family, &families, &Texts::default());
        self.combine(&families, family, given);
        let given_respelled = Respelled::new(given);
        self.combine(&families, family, &given_respelled.syllables(given));
    }
}

/// The family name with the readings of the surname table first, and its entry there.
fn family_of<'a>(characters: &[Syllable<'a>]) -> (Option<&'static Surname>, Vec<Syllable<'a>>) {
    match surnames::exact(characters) {
        Some(surname) => (Some(surname), surname.read(characters)),
        None if characters.len() > 1 => (None, characters.iter().flat_map(|one| family_of(&[*one]).1).collect()),
        None => (None, characters.to_vec()),
    }
}

/// Readings written in Wade–Giles.
struct Respelled(Vec<Vec<String>>);

impl Respelled {
    fn new(syllables: &[Syllable]) -> Self {
        let respell = |syllable: &Syllable| {
            let mut written = Vec::new();
            for reading in syllable.readings() {
                match wade_giles(reading) {
                    respelled if respelled.is_empty() => written.push((*reading).to_owned()),
                    respelled => written.extend(respelled),
                }
            }
            written
        };
        Self(syllables.iter().map(respell).collect())
    }

    fn syllables(&self, like: &[Syllable]) -> Vec<Syllable<'_>> {
        let respelled = self.0.iter().zip(like).map(|(readings, like)| {
            let mut syllable = Syllable::new(like.character, like.opens_part);
            for reading in readings {
                syllable.add_text(reading);
            }
            syllable
        });
        respelled.collect()
    }
}
