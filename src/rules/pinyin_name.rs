//! The rule kind `pinyin_name`.

use super::comparing::{self, read_attributes, read_transformations};
use super::{AttributesRead, Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings, Note, PreparationKey, User};
use crate::knowledge::chinese_name::{INSIDE, Match, NameOptions, Spellings, find, spellings};
use crate::knowledge::comparison::Transformations;
use crate::policy::parameter::{Count, Flag, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that contain the user's Chinese name in Latin letters.",
    codes: &[Code { code: "pinyin_name.contained", numbers: &["letters"], meaning: "`letters` is the length of the match." }],
    example: "\
[rules.pinyin_name]
regional_spellings = true",
    why: "\
Chinese users put names and birthdays into passwords first. The profile contains the name in characters, so a comparison
of texts never finds `zhangsan1990`. The name is a context-specific word (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS
5.0, 6.2.11).",
    limits: "\
A spelling must be long enough: the name 李安 (lian) does not reject \"brilliant\". Two letters suffice if they are all the
letters of the password; `min_match` letters if they are a word of their own; five letters at one end of a word; six
letters inside a word. The module `knowledge::chinese_name` describes the matching and its error rates. The number
`letters` refers to the first spelling that matches, the longest at its position.

Common substitutions (`zh4ngs4n`) are undone for spellings of six or more letters. Given names are read in Mandarin only.
For a name in Latin letters, see `personal`.",
};

const ATTRIBUTES: Declared<Texts> = Declared::texts("attributes", &["name"])
    .stricter(Stricter::LongerList)
    .doc("The attributes that contain a name in 汉字. At most four.");
const MIN_MATCH: Declared<Count> = Declared::count("min_match", 4, 2..=64)
    .unit("letters")
    .doc("The minimum length of a spelling next to other letters.");
const REGIONAL_SPELLINGS: Declared<Flag> = Declared::flag("regional_spellings", false).doc(
    "Whether to include Wade–Giles, and surnames as spelled in Hong Kong, Macau, Taiwan and abroad (Wong, Chan, Lee, \
     Hsieh).",
);
const READ: Declared<Texts> = comparing::read(&["plain", "folded", "substituted"]);

pub(super) fn definition() -> Definition {
    let parameters =
        vec![ATTRIBUTES.parameter(), MIN_MATCH.parameter(), REGIONAL_SPELLINGS.parameter(), READ.parameter()];
    Definition::built_in("pinyin_name", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The maximum number of names. Each costs one pass over the password for each of its spellings.
const MAX_ATTRIBUTES: usize = 4;

struct PinyinName {
    key: PreparationKey,
    attributes: AttributesRead,
    min_match: usize,
    options: NameOptions,
    read: Transformations,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let attributes = read_attributes(table, &ATTRIBUTES);
    if attributes.every || attributes.named.len() > MAX_ATTRIBUTES {
        table.report("attributes", "too-large", format!("at most {MAX_ATTRIBUTES} attributes are allowed"), None);
    }
    Some(Box::new(PinyinName {
        key: PreparationKey::new(),
        attributes,
        min_match: table.read(&MIN_MATCH) as usize,
        options: NameOptions { regional_spellings: table.read(&REGIONAL_SPELLINGS) },
        // The search has its own separators, and searches in reverse order.
        read: read_transformations(table, &READ).without(Transformations::SEPARATED | Transformations::REVERSED),
    }))
}

impl Rule for PinyinName {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let prepared = facts.user.prepared(self.key, |user| self.spellings(user));
        let Some(spellings) = prepared.as_ref() else {
            // Fail closed: ignoring a name would silently skip a check.
            let message = format!("a user can have at most {MAX_ATTRIBUTES} names in 汉字");
            return Err(CannotJudge::new(CannotJudgeKind::TooManyFacts, message));
        };
        let found = spellings.iter().filter_map(|spellings| self.look_for(spellings, candidate));
        if let Some(found) = found.max_by_key(|found| found.letters) {
            findings.refuse("pinyin_name.contained", &[("letters", found.letters as u64)]);
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let names = facts.user.attributes().filter(|(name, _)| self.attributes.contains(name));
        let tried: usize = names
            .filter(|(_, name)| !name.is_ascii())
            .take(MAX_ATTRIBUTES)
            .map(|(_, name)| spellings(name, &self.options).iter().count())
            .sum();
        Ok(vec![Note::new("pinyin_name.observed", &[("spellings", tried as u64)])])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn attributes(&self) -> AttributesRead {
        self.attributes.clone()
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("pinyin_name.requirement", &[])]
    }
}

impl PinyinName {
    /// Returns the spellings of the names of a user. `None` if there are too many names.
    fn spellings(&self, user: &User) -> Option<Vec<Spellings>> {
        let names = user.attributes().filter(|(name, _)| self.attributes.contains(name));
        let names = names.map(|(_, name)| name).filter(|name| !name.is_ascii());
        let spellings: Vec<Spellings> =
            names.take(MAX_ATTRIBUTES + 1).map(|name| spellings(name, &self.options)).collect();
        (spellings.len() <= MAX_ATTRIBUTES).then_some(spellings)
    }

    fn look_for(&self, spellings: &Spellings, candidate: &Candidate) -> Option<Match> {
        let readings = || candidate.readings().select(self.read);
        let mut typed = readings().filter(|reading| reading.undone == Transformations::PLAIN);
        let substituted = || {
            let others = readings().filter(|reading| reading.undone != Transformations::PLAIN);
            let mut found = others.filter_map(|reading| find(spellings, reading.text, self.min_match));
            found.find(|found| found.letters >= self.min_match.max(INSIDE))
        };
        typed.find_map(|reading| find(spellings, reading.text, self.min_match)).or_else(substituted)
    }
}
