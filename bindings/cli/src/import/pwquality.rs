//! libpwquality: `pwquality.conf` and its fragments. Source: pwquality.conf(5), libpwquality 1.4.

use super::Translated;
use super::draft::{Draft, Sourced};
use super::source::{Entry, Problem, Settings, Text, line_entry};

/// The maximum length of a line, which libpwquality reads into a buffer.
const MAX_LINE: usize = 1022;
/// libpwquality ignores shorter user names and words.
const MIN_WORD: i64 = 4;
/// The minimum of `minlen`.
const MIN_LENGTH: i64 = 6;
const LIMIT: i64 = i32::MAX as i64 - 1;

/// The credits, and the classes that they are for.
const CREDITS: [(&str, &str); 4] =
    [("dcredit", "digit"), ("ucredit", "upper"), ("lcredit", "lower"), ("ocredit", "symbol")];

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("pwquality", "libpwquality");
    let mut entries = Vec::new();
    // libpwquality reads the fragments before pwquality.conf, whose values count.
    let (fragments, files): (Vec<&Text>, Vec<&Text>) = texts.iter().partition(|text| text.is_fragment);
    for text in fragments.into_iter().chain(files) {
        read(text, &mut entries, &mut draft);
    }
    let mut settings = Settings::ignoring_case(entries);
    let dictionary = switch(&mut draft, &mut settings, "dictcheck", true);
    lengths(&mut draft, &mut settings, dictionary.as_ref().is_some_and(|check| check.value));
    repetition(&mut draft, &mut settings);
    personal(&mut draft, &mut settings);
    words(&mut draft, &mut settings, dictionary);
    if let Some(difok) = draft.number(&mut settings, "difok", (0, LIMIT), Some(1)) {
        let value = draft.at_most(&difok, 16).max(1);
        let origin = difok.origin.with("only where the host supplies the current password");
        draft.set("rules.similarity", "min_distance", value, &origin);
        let compared = draft.built_in("compares without case");
        draft.set("rules.similarity", "read", ["plain"], &compared);
    }
    if let Some(enforcing) = switch(&mut draft, &mut settings, "enforcing", true)
        && !enforcing.value
    {
        for rule in draft.rules() {
            draft.set(&format!("rules.{rule}"), "severity", "warn", &enforcing.origin);
        }
    }
    settings.skip(
        &mut draft,
        &["retry", "enforce_for_root", "local_users_only"],
        "the PAM module decides who is asked, and how often",
        "set the options of `pam_kouling` in the PAM stack",
    );
    settings.finish(&mut draft);
    Ok(Translated::Policy(draft))
}

/// Reads `name = value` lines. `#` starts a comment anywhere, and the `=` is optional.
fn read(text: &Text, entries: &mut Vec<Entry>, draft: &mut Draft) {
    for (number, line) in text.lines() {
        if line.len() > MAX_LINE {
            draft.problem(
                &text.place(number, 1),
                format!("line too long; expected at most {MAX_LINE} bytes, which libpwquality reads"),
            );
            continue;
        }
        let content = line.split('#').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        let is_end = |c: char| c.is_ascii_whitespace() || c == '=';
        let (name, rest) = content.split_at(content.find(is_end).unwrap_or(content.len()));
        let value = rest.trim_start();
        let value = value.strip_prefix('=').unwrap_or(value).trim_start();
        entries.push(Entry { shown: content.to_owned(), ..line_entry(text, number, line, name, value) });
    }
}

/// Takes a number that means no if it is 0.
fn switch(draft: &mut Draft, settings: &mut Settings, key: &str, default: bool) -> Option<Sourced<bool>> {
    let number = draft.number(settings, key, (-LIMIT, LIMIT), Some(i64::from(default)))?;
    Some(Sourced { value: number.value != 0, origin: number.origin })
}

fn lengths(draft: &mut Draft, settings: &mut Settings, has_dictionary: bool) {
    let Some(minlen) = draft.number(settings, "minlen", (-LIMIT, LIMIT), Some(8)) else { return };
    let raised = minlen.value < MIN_LENGTH;
    let origin = if raised { minlen.origin.with("6 is the minimum") } else { minlen.origin.clone() };
    let minlen = Sourced { value: minlen.value.max(MIN_LENGTH), origin };
    let length = draft.at_most(&minlen, 4096);
    let credits: Vec<(&str, Sourced<i64>)> = CREDITS
        .iter()
        .filter_map(|(key, class)| Some((*class, draft.number(settings, key, (-LIMIT, LIMIT), Some(0))?)))
        .collect();
    let sum: i64 = credits.iter().map(|(_, credit)| credit.value.max(0)).fold(0, i64::saturating_add);
    // The dictionary of cracklib is asked only about passwords of six bytes.
    let least = if has_dictionary { MIN_LENGTH } else { 1 };
    if sum == 0 {
        draft.set("rules.length", "min", length, &minlen.origin);
    } else {
        let implied = draft.built_in("accepts no shorter password, whatever its credits");
        draft.set("rules.length", "min", length.saturating_sub(sum).max(least), &implied);
        draft.set("rules.points", "min_points", length, &minlen.origin);
        let classes = draft.built_in("classifies ASCII");
        draft.set("rules.points", "by", "ascii", &classes);
    }
    let none = draft.built_in("has no maximum length, so this is `password.max_bytes`");
    draft.set("rules.length", "max", length.max(1024), &none);
    if length > 1024 {
        draft.set("password", "max_bytes", length, &minlen.origin);
    }
    let bytes = draft.built_in("counts bytes");
    draft.set("rules.length", "count", "bytes", &bytes);
    for (class, credit) in &credits {
        if credit.value > 0 {
            let value = draft.at_most(credit, 64);
            draft.set("rules.points", &format!("credits.{class}"), value, &credit.origin);
        }
    }
    characters(draft, settings, &credits);
}

fn characters(draft: &mut Draft, settings: &mut Settings, credits: &[(&str, Sourced<i64>)]) {
    const TABLE: &str = "rules.characters";
    let minclass = draft.number(settings, "minclass", (-LIMIT, LIMIT), Some(0));
    let runs = draft.number(settings, "maxclassrepeat", (-LIMIT, LIMIT), Some(0));
    let (Some(minclass), Some(runs)) = (minclass, runs) else { return };
    if minclass.value > 0 {
        draft.set(TABLE, "min_classes", minclass.value.min(4), &minclass.origin);
    }
    for (class, credit) in credits.iter().filter(|(_, credit)| credit.value < 0) {
        let needed = Sourced { value: -credit.value, origin: credit.origin.clone() };
        let value = draft.at_most(&needed, 4096);
        draft.set(TABLE, &format!("require.{class}"), value, &credit.origin);
    }
    if runs.value > 0 {
        draft.set(TABLE, "max_class_run", runs.value.min(4096), &runs.origin);
    }
    if draft.has(TABLE) {
        let origin = draft.built_in("classifies ASCII");
        draft.set(TABLE, "by", "ascii", &origin);
        let none = minclass.origin.with("no minimum number of classes");
        draft.set_default(TABLE, "min_classes", 1, &none);
    }
}

fn repetition(draft: &mut Draft, settings: &mut Settings) {
    if let Some(repeat) = draft.number(settings, "maxrepeat", (0, LIMIT), Some(0)) {
        let (value, origin) = match repeat.value {
            0 => (4096, repeat.origin.with("no limit")),
            value => (value.min(4096), repeat.origin),
        };
        draft.set("rules.repetition", "max_run", value, &origin);
        let palindrome = draft.built_in("rejects palindromes");
        draft.set("rules.repetition", "palindrome", true, &palindrome);
    }
    let Some(sequence) = draft.number(settings, "maxsequence", (0, LIMIT), Some(0)) else { return };
    match sequence.value {
        0 => {}
        1 => draft.skip_origin(
            &sequence.origin,
            "`sequence.max_length` is at least 2",
            "use `maxsequence = 2`, or reject pairs with a rule of kind `pattern`",
        ),
        value => {
            draft.set("rules.sequence", "max_length", value.min(64), &sequence.origin);
            let adjacent = draft.built_in("compares adjacent characters");
            draft.set("rules.sequence", "max_step", 1, &adjacent);
            draft.set("rules.sequence", "wrap", false, &adjacent);
            draft.set("rules.sequence", "interleaved", false, &adjacent);
        }
    }
}

fn personal(draft: &mut Draft, settings: &mut Settings) {
    let both_ways = draft.built_in("searches it in both directions");
    let long_enough = draft.built_in("ignores fewer than 4 characters");
    let substrings = draft.number(settings, "usersubstr", (0, LIMIT), Some(0));
    if let Some(check) = switch(draft, settings, "usercheck", true)
        && check.value
    {
        draft.set("rules.personal", "attributes", ["username"], &check.origin);
        draft.set("rules.personal", "tokens", false, &draft.built_in("searches the whole name"));
        if let Some(part) = substrings.filter(|part| part.value >= MIN_WORD) {
            draft.set("rules.personal", "min_part", part.value.min(64), &part.origin);
        }
        draft.set("rules.personal", "min_match", MIN_WORD, &long_enough);
        draft.set("rules.personal", "min_length", MIN_WORD, &long_enough);
        draft.set("rules.personal", "read", ["plain", "reversed"], &both_ways);
    }
    if let Some(check) = switch(draft, settings, "gecoscheck", false)
        && check.value
    {
        let origin = check.origin.with("the host supplies the GECOS field as `name`");
        draft.set("rules.gecos", "kind", "personal", &origin);
        draft.set("rules.gecos", "attributes", ["name"], &check.origin);
        draft.set("rules.gecos", "token_separators", " ", &draft.built_in("divides it at spaces"));
        draft.set("rules.gecos", "min_match", MIN_WORD, &long_enough);
        draft.set("rules.gecos", "min_length", MIN_WORD, &long_enough);
        draft.set("rules.gecos", "read", ["plain", "reversed"], &both_ways);
    }
}

fn words(draft: &mut Draft, settings: &mut Settings, dictionary: Option<Sourced<bool>>) {
    if let Some(check) = dictionary
        && check.value
    {
        let origin = check.origin.with("the lists of Kouling instead of that of cracklib");
        draft.set("rules.words", "lists", ["common", "chinese"], &origin);
        draft.set(
            "rules.variety",
            "min_distinct",
            5,
            &check.origin.with("cracklib requires 5 different characters"),
        );
    }
    if let Some(entry) = settings.take("dictpath") {
        draft.skip(
            &entry,
            "Kouling does not read the packed files of cracklib",
            "unpack the list with `cracklib-unpacker` and add `rules.words = { lists = [\"./words.txt\"] }`",
        );
    }
    if let Some(entry) = settings.take("badwords") {
        let text = entry.text(draft).unwrap_or_default();
        let words: Vec<String> = text.split(' ').filter(|word| word.len() >= 4).map(str::to_lowercase).collect();
        if !words.is_empty() {
            let long_enough = draft.built_in("ignores fewer than 4 characters");
            draft.set("rules.badwords", "kind", "words", &entry.origin());
            draft.set("rules.badwords", "lists", ["./badwords.txt"], &entry.origin());
            draft.set("rules.badwords", "match", ["contained"], &draft.built_in("searches them anywhere"));
            draft.set("rules.badwords", "min_contained", MIN_WORD, &long_enough);
            draft.set(
                "rules.badwords",
                "read",
                ["plain", "reversed"],
                &draft.built_in("searches them in both directions"),
            );
            draft.word_list("badwords.txt", words);
        }
    }
}
