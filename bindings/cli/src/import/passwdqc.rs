//! passwdqc: `passwdqc.conf`. Source: passwdqc.conf(5), passwdqc 2.0.

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::source::{Entry, Problem, Settings, Text, line_entry};

const LIMIT: i64 = i32::MAX as i64;

/// The number of different characters per number of classes: passwdqc expects as many as random characters have.
const CHARACTERS: [i64; 5] = [10, 36, 27, 62, 95];

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("passwdqc", "passwdqc");
    let mut entries = Vec::new();
    for text in texts {
        read(text, &mut entries, &mut draft);
    }
    let mut settings = Settings::new(entries);
    lengths(&mut draft, &mut settings);
    matches(&mut draft, &mut settings);
    lists(&mut draft, &mut settings);
    let enforced = settings.take("enforce");
    if let Some(entry) = &enforced {
        match entry.value.text() {
            Some("none") => {
                for rule in draft.rules() {
                    draft.set(&format!("rules.{rule}"), "severity", "warn", &entry.origin());
                }
            }
            Some("users") => {
                draft.skip(entry, "the PAM module decides who is asked", "do not use the module for root")
            }
            Some("everyone") => {}
            _ => draft.problem(&entry.value.place, "invalid `enforce`; expected `none`, `users` or `everyone`"),
        }
    }
    random(&mut draft, &mut settings);
    let pam =
        ["retry", "non-unix", "ask_oldauthtok", "check_oldauthtok", "use_first_pass", "use_authtok", "noaudit"];
    settings.skip(
        &mut draft,
        &pam,
        "a parameter of the PAM module",
        "set the options of `pam_kouling` in the PAM stack",
    );
    settings.skip(
        &mut draft,
        &["config"],
        "an import reads no file that another one names",
        "pass the file as a further argument; its place in the order decides",
    );
    settings.finish(&mut draft);
    Ok(Translated::Policy(draft))
}

/// Reads `option=value` lines. Only whole lines can be comments.
fn read(text: &Text, entries: &mut Vec<Entry>, draft: &mut Draft) {
    for (number, line) in text.lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let content = line.trim();
        let (name, value) = content.split_once('=').unwrap_or((content, ""));
        if name.ends_with(char::is_whitespace) || value.starts_with(char::is_whitespace) {
            draft.problem(
                &text.place_of(number, line, value),
                "unexpected white space at `=`; expected `option=value`",
            );
            continue;
        }
        entries.push(line_entry(text, number, line, name, value));
    }
}

/// The five lengths of `min`: of one class, two classes, passphrases, three and four classes.
fn minimums(draft: &mut Draft, settings: &mut Settings) -> Option<(Vec<Option<i64>>, Origin)> {
    let Some(entry) = settings.take("min") else {
        return Some((vec![None, Some(24), Some(11), Some(8), Some(7)], draft.default_origin()));
    };
    let text = entry.text(draft)?;
    let parts: Vec<&str> = text.split(',').collect();
    let number = |part: &&str| match *part {
        "disabled" => Some(None),
        part => part.parse::<i64>().ok().filter(|number| (0..LIMIT).contains(number)).map(Some),
    };
    let numbers: Option<Vec<Option<i64>>> = parts.iter().map(number).collect();
    let order = |pair: &[Option<i64>]| pair[0].unwrap_or(LIMIT) >= pair[1].unwrap_or(LIMIT);
    match numbers.filter(|numbers| numbers.len() == 5 && numbers.windows(2).all(order)) {
        Some(numbers) => Some((numbers, entry.origin())),
        None => {
            draft.problem(
                &entry.value.place,
                "invalid `min`; expected five lengths or `disabled`, none greater than the one before it, such as \
                 `disabled,24,11,8,7`",
            );
            None
        }
    }
}

fn lengths(draft: &mut Draft, settings: &mut Settings) {
    let minimums = minimums(draft, settings);
    let words = draft.number(settings, "passphrase", (0, LIMIT), Some(3));
    let max = draft.number(settings, "max", (8, LIMIT), Some(72));
    let (Some((minimums, origin)), Some(words), Some(max)) = (minimums, words, max) else { return };
    let has_phrases = minimums[2].is_some() && words.value > 0;
    let used: Vec<(usize, i64)> = minimums
        .iter()
        .enumerate()
        .filter(|(kind, _)| *kind != 2 || has_phrases)
        .filter_map(|(kind, min)| Some((kind, (*min)?)))
        .collect();
    let Some(least) = used.iter().map(|(_, min)| (*min).max(1)).min() else {
        draft.skip_origin(
            &origin,
            "no user-chosen password is allowed",
            "generate passwords with `kouling generate`",
        );
        return;
    };
    if least > 4096 {
        draft.skip_origin(&origin, "lengths of more than 4096 are not supported", "choose shorter ones");
        return;
    }
    draft.set("rules.length", "min", least, &origin);
    if max.value == 8 {
        draft.skip_origin(
            &max.origin,
            "passwdqc truncates longer passwords to 8 bytes; Kouling rejects them",
            "`password.hash_limit_bytes = 8` is in the policy; use another hash than that of DES",
        );
        draft.set("rules.length", "max", 4096, &max.origin.with("not a maximum, but truncation"));
        draft.set("password", "hash_limit_bytes", 8, &max.origin);
    } else {
        draft.set("rules.length", "max", max.value.min(4096), &max.origin);
        if max.value > 1024 {
            draft.set("password", "max_bytes", max.value.min(4096), &max.origin);
        }
    }
    let bytes = draft.built_in("counts bytes");
    draft.set("rules.length", "count", "bytes", &bytes);
    let different =
        used.iter().map(|(kind, min)| expected_different(CHARACTERS[*kind], *min) - 1).min().unwrap_or(1);
    let origin_of_variety =
        draft.built_in("expects as many different characters as random ones of the length have");
    draft.set("rules.variety", "min_distinct", different.clamp(1, 64), &origin_of_variety);
    draft.set(
        "rules.kinds",
        "kind",
        "any",
        &draft.built_in("accepts a password of several classes, or a passphrase"),
    );
    let password = "rules.kinds.rules.password";
    let by_class: Vec<(i64, i64)> = [(1, 0), (2, 1), (3, 3), (4, 4)]
        .iter()
        .filter_map(|(classes, kind)| Some((*classes, minimums[*kind]?)))
        .collect();
    if let Some((fewest, _)) = by_class.first() {
        draft.set(password, "kind", "characters", &origin);
        draft.set(password, "min_classes", *fewest, &origin);
        draft.set(password, "by", "ascii", &draft.built_in("classifies ASCII"));
        draft.set(
            password,
            "ignore_at_start",
            ["upper"],
            &draft.built_in("does not count an uppercase letter at the start"),
        );
        draft.set(password, "ignore_at_end", ["digit"], &draft.built_in("does not count a digit at the end"));
        for (classes, min) in &by_class {
            draft.set(password, &format!("min_length_by_classes.{classes}"), (*min).clamp(1, 4096), &origin);
        }
    }
    if let Some(min) = minimums[2].filter(|_| has_phrases) {
        let phrase = "rules.kinds.rules.passphrase";
        draft.set(phrase, "kind", "length", &words.origin);
        draft.set(phrase, "min", min.clamp(1, 4096), &origin);
        draft.set(phrase, "max", 4096, &draft.built_in("has one maximum, which is in `rules.length`"));
        draft.set(phrase, "count", "bytes", &bytes);
        let value = draft.at_most(&words, 1024);
        draft.set(phrase, "min_words", value, &words.origin);
    }
}

/// Returns how many different characters `length` random ones of `characters` have on average, rounded down.
fn expected_different(characters: i64, length: i64) -> i64 {
    let missing =
        (0..length.min(4096)).fold(1.0_f64, |share, _| share * (characters - 1) as f64 / characters as f64);
    (characters as f64 * (1.0 - missing)) as i64
}

/// `match` and `similar`: parts of the user's data, of words and of the old password.
fn matches(draft: &mut Draft, settings: &mut Settings) {
    let part = draft.number(settings, "match", (0, LIMIT), Some(4));
    let similar = match settings.take("similar") {
        Some(entry) => {
            entry.flag(draft, &["deny"], &["permit"]).map(|value| Sourced { value, origin: entry.origin() })
        }
        None => Some(Sourced { value: true, origin: draft.default_origin() }),
    };
    let (Some(part), Some(similar)) = (part, similar) else { return };
    if part.value == 0 || !similar.value {
        let origin = draft.built_in("rejects the current password; the host supplies its hash");
        draft.set("rules.history", "depth", 1, &origin);
    }
    if part.value == 0 {
        return;
    }
    let readings = draft.built_in("also reads passwords in reverse and without substitutions");
    let origin = part.origin.with("passwdqc removes a match and evaluates the rest, Kouling rejects it");
    let length = part.value.clamp(3, 64);
    draft.set("rules.personal", "min_part", length, &origin);
    draft.set("rules.personal", "attributes", ["username", "name"], &draft.built_in("compares the account"));
    draft.set("rules.personal", "read", ["plain", "substituted", "reversed"], &readings);
    draft.set("rules.words", "lists", ["common"], &draft.built_in("has a list of words of its own"));
    draft.set("rules.words", "match", ["contained"], &part.origin);
    draft.set("rules.words", "min_contained", length, &part.origin);
    draft.set("rules.words", "max_share", 50, &draft.built_in("rejects a password of which too little remains"));
    if similar.value {
        let origin = similar.origin.with("only where the host supplies the current password");
        draft.set("rules.similarity", "min_distance", 1, &origin);
        draft.set(
            "rules.similarity",
            "read",
            ["plain", "substituted"],
            &draft.built_in("also reads passwords without substitutions"),
        );
        draft.set("rules.similarity", "max_common", (part.value - 1).clamp(2, 64), &part.origin);
    }
}

fn lists(draft: &mut Draft, settings: &mut Settings) {
    for (key, rule) in [("wordlist", "wordlist"), ("denylist", "denylist")] {
        if let Some(entry) = settings.take(key) {
            draft.skip(
                &entry,
                "the list is a file of its own",
                &format!(
                    "copy it next to the policy as words.txt and add `rules.{rule} = {{ kind = \"words\", lists = \
                     [\"./words.txt\"], match = [\"whole\", \"base\"] }}`"
                ),
            );
        }
    }
    settings.skip(
        draft,
        &["filter"],
        "Kouling does not read the filters of pwqfilter",
        "build a filter from the same passwords with `kouling words build --filter` and add `rules.breached.filter = \
         \"./leaked.filter\"`",
    );
}

fn random(draft: &mut Draft, settings: &mut Settings) {
    let Some(entry) = settings.take("random") else { return };
    let text = entry.text(draft).unwrap_or_default();
    let (bits, only) = text.strip_suffix(",only").map_or((text.as_str(), false), |bits| (bits, true));
    match bits.parse::<i64>() {
        Ok(0 | 24..=136) if only => draft.skip(
            &entry,
            "Kouling evaluates passwords that users choose",
            "generate passwords with `kouling generate`",
        ),
        Ok(0 | 24..=136) => draft.remark(
            "`random`: `kouling generate --bits` makes passwords that the policy accepts, with a number of bits.",
        ),
        _ => draft.problem(&entry.value.place, "invalid `random`; expected 0, or a number of bits from 24 to 136"),
    }
}
