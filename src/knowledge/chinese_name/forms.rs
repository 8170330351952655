//! Derives the typed forms of a name from its syllables: splits off the family name and combines the parts in
//! either order, in full or as initials.

use super::characters::{Syllable, plain_text, syllables};
use super::spelling::{NameForm, Spellings};
use super::surnames::{self, Surname};
use super::texts::Texts;
use super::wade_giles::wade_giles;
use super::{MAX_FAMILY, MAX_GIVEN, NameOptions};

/// Returns all spellings of a name.
pub(super) fn spellings_of(name: &str, options: &NameOptions) -> Spellings {
    let text = plain_text(name);
    let all = syllables(&text);
    let mut builder = SpellingBuilder { spellings: Spellings::default(), regional: options.regional_spellings };
    if all.iter().all(|syllable| syllable.character.is_some()) {
        builder.han(&all);
    } else {
        builder.mixed(&all);
    }
    builder.spellings.finish()
}

/// Maximum number of characters of a name whose given name is split off. Longer texts are no personal names.
const MAX_SPLIT: usize = 6;

/// Returns the given names in a name of 汉字 without a separator.
pub(super) fn given_names(name: &str) -> Vec<&str> {
    let all = syllables(name);
    let count = name.chars().count();
    let readable = all.len() == count && all.iter().all(|syllable| syllable.character.is_some());
    if !readable || !(3..=MAX_SPLIT).contains(&count) {
        return Vec::new();
    }
    let compound = surnames::compound(&all).map(Surname::width);
    let double = (count == 4 && compound.is_none()).then_some(2);
    let widths = [compound, Some(1), double].into_iter().flatten().filter(|width| count - width >= 2);
    widths.filter_map(|width| name.char_indices().nth(width).map(|(at, _)| &name[at..])).collect()
}

struct SpellingBuilder {
    spellings: Spellings,
    regional: bool,
}

impl SpellingBuilder {
    /// Handles a name with Latin words: its 汉字 alone, the family name with each word, and the whole name as
    /// written.
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

    /// Handles a name of 汉字 only, possibly split by spaces or dots.
    fn han(&mut self, name: &[Syllable]) {
        let parts: Vec<&[Syllable]> = name.chunk_by(|_, next| !next.opens_part).collect();
        // 欧 阳 锋 and 阿卜杜拉: nothing is split.
        if parts.len() < 2 || parts.iter().all(|part| part.len() == 1) {
            return self.undivided(name);
        }
        let (first, rest) = name.split_at(parts[0].len());
        self.divide(first, rest);
        if first.len() > 1 {
            // 李安（导演）: the first part may be the full name.
            self.undivided(first);
        }
        for part in parts {
            self.spellings.join(NameForm::Given, &Texts::combinations(part, MAX_GIVEN), &Texts::default());
        }
    }

    /// Handles a name without a separator after the family name.
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
            // 陈方安生: two surnames, from marriage or a compound surname that the table lacks.
            let (family, given) = name.split_at(2);
            self.divide(family, given);
        }
    }

    /// Adds the forms of a family name and a given name. `given` may be empty.
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
        if given.len() > 1 {
            // 张晓宇 as yuxiaozhang: every syllable in reverse order.
            let [family, given]: [Vec<Syllable<'_>>; 2] =
                [family, given].map(|part| part.iter().rev().copied().collect());
            let families = Texts::combinations(&family, MAX_FAMILY);
            out.join(NameForm::GivenFamily, &Texts::combinations(&given, MAX_GIVEN), &families);
        }
        out.join(NameForm::Given, &givens, &Texts::default());
        out.join(NameForm::InitialsMixed, families, &given_initials);
        out.join(NameForm::InitialsMixed, &family_initials, &givens);
        out.join(NameForm::InitialsMixed, &givens, &family_initials);
        out.join(NameForm::InitialsMixed, &given_initials, families);
        out.join(NameForm::Initials, &family_initials, &given_initials);
        out.join(NameForm::Initials, &given_initials, &family_initials);
    }

    /// Adds regional spellings of the family name, combined with the given name in pinyin and in Wade–Giles.
    fn regional(&mut self, surname: Option<&Surname>, family: &[Syllable], given: &[Syllable]) {
        let mut families = Texts::default();
        for spelling in surname.into_iter().flat_map(Surname::regional) {
            families.add(spelling);
        }
        let family_respelled = WadeGilesReadings::new(family);
        for (text, _) in Texts::combinations(&family_respelled.syllables(family), MAX_FAMILY).iter() {
            families.add(std::iter::once(text));
        }
        self.spellings.join(NameForm::Family, &families, &Texts::default());
        self.combine(&families, family, given);
        let given_respelled = WadeGilesReadings::new(given);
        self.combine(&families, family, &given_respelled.syllables(given));
    }
}

/// Returns the entry of a family name in the surname table, and its syllables with the surname readings first.
fn family_of<'a>(characters: &[Syllable<'a>]) -> (Option<&'static Surname>, Vec<Syllable<'a>>) {
    match surnames::exact(characters) {
        Some(surname) => (Some(surname), surname.read(characters)),
        None if characters.len() > 1 => (None, characters.iter().flat_map(|one| family_of(&[*one]).1).collect()),
        None => (None, characters.to_vec()),
    }
}

/// Readings converted to Wade–Giles.
struct WadeGilesReadings(Vec<Vec<String>>);

impl WadeGilesReadings {
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
