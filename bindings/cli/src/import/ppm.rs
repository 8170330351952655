//! ppm for OpenLDAP: `ppm.conf`, or the content of `pwdCheckModuleArg`. Source: ppm.md.

use std::collections::BTreeSet;

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::source::{Entry, Problem, Settings, Text, line_entry};

/// The classes that ppm has without configuration.
const CLASSES: [(&str, &str); 4] = [
    ("class-upperCase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0 1"),
    ("class-lowerCase", "abcdefghijklmnopqrstuvwxyz 0 1"),
    ("class-digit", "0123456789 0 1"),
    ("class-special", "<>,?;.:/!§ù%*µ^¨$£²&é~\"#'{([-|è`_\\ç^à@)]°=}+ 0 1"),
];

/// The maximum number of classes.
const MAX_CLASSES: usize = 60;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("ppm", "ppm");
    let mut entries = Vec::new();
    for text in texts {
        read(text, &mut entries);
    }
    rules(&mut draft, entries);
    Ok(Translated::Policy(draft))
}

/// Reads `parameter value min minForPoint max` lines.
pub(super) fn read(text: &Text, entries: &mut Vec<Entry>) {
    for (number, line) in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let (name, value) = content.split_once([' ', '\t']).unwrap_or((content, ""));
        entries.push(line_entry(text, number, line, name, value.trim()));
    }
}

/// A class: its name and characters, how many a password needs, and how many give a point.
struct Class {
    name: String,
    characters: String,
    min: i64,
    for_point: i64,
    max: i64,
    origin: Origin,
}

/// Writes the rules of a configuration.
pub(super) fn rules(draft: &mut Draft, entries: Vec<Entry>) {
    let mut settings = Settings::new(entries);
    let classes = classes(draft, &mut settings);
    let quality = draft.number(&mut settings, "minQuality", (0, 1000), Some(3));
    for class in &classes {
        let (name, is_same) = class_name(class);
        let (points, characters) = ("rules.points", "rules.characters");
        let value = class.characters.as_str();
        if class.for_point > 0 && quality.as_ref().is_some_and(|quality| quality.value > 0) {
            if !is_same {
                draft.set(points, &format!("classes.{name}"), value, &class.origin);
            }
            draft.set(points, &format!("min_for_point.{name}"), class.for_point.min(4096), &class.origin);
        }
        if !is_same && (class.min > 0 || class.max > 0) {
            draft.set(characters, &format!("classes.{name}"), value, &class.origin);
        }
        if class.min > 0 {
            draft.set(characters, &format!("require.{name}"), class.min.min(4096), &class.origin);
        }
        if class.max > 0 {
            draft.set(characters, &format!("max_per_class.{name}"), class.max.min(4096), &class.origin);
        }
    }
    if let Some(quality) = quality.filter(|quality| quality.value > 0 && draft.has("rules.points")) {
        draft.set("rules.points", "min_points", quality.value, &quality.origin);
        draft.set("rules.points", "per_character", 0, &draft.built_in("gives points for classes only"));
    }
    if let Some(run) = draft.number(&mut settings, "maxConsecutivePerClass", (0, 1_000_000), Some(0))
        && run.value > 0
    {
        runs(draft, &run, &classes);
    }
    if let Some(entry) = settings.take("forbiddenChars")
        && let Some(characters) = entry.text(draft)
        && !characters.is_empty()
    {
        draft.set("rules.characters", "forbidden", vec![characters], &entry.origin());
    }
    for table in ["rules.points", "rules.characters"] {
        if draft.has(table) {
            draft.set(table, "by", "ascii", &draft.built_in("has classes of its own"));
        }
    }
    if draft.has("rules.characters") {
        draft.set_default(
            "rules.characters",
            "min_classes",
            1,
            &draft.built_in("counts points instead of classes"),
        );
    }
    if let Some(max) = draft.number(&mut settings, "maxLength", (0, 4096), Some(0)).filter(|max| max.value > 0) {
        draft.set("rules.length", "min", 1, &draft.built_in("leaves the minimum to `pwdMinLength`"));
        draft.set("rules.length", "max", max.value, &max.origin);
    }
    attributes(draft, &mut settings);
    if let Some(check) =
        draft.number(&mut settings, "useCracklib", (0, 1), Some(0)).filter(|check| check.value == 1)
    {
        let origin = check.origin.with("the lists of Kouling instead of that of cracklib");
        draft.set("rules.words", "lists", ["common", "chinese"], &origin);
        settings.skip(
            draft,
            &["cracklibDict"],
            "Kouling does not read the packed files of cracklib",
            "unpack the list with `cracklib-unpacker` and add `rules.words.lists = [\"common\", \"./words.txt\"]`",
        );
    } else {
        // Without `useCracklib`, the path has no effect.
        settings.ignore(&["cracklibDict"]);
    }
    settings.finish(draft);
}

/// The classes of Kouling that have the same characters as a class of ppm, with `by = "ascii"`.
const SAME: [(&str, &str); 3] =
    [("upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ("lower", "abcdefghijklmnopqrstuvwxyz"), ("digit", "0123456789")];

/// Returns the name of a class in the policy, and whether it is a class of Kouling.
fn class_name(class: &Class) -> (String, bool) {
    let sorted = |text: &str| text.chars().collect::<BTreeSet<char>>();
    if let Some((same, _)) = SAME.iter().find(|(_, characters)| sorted(characters) == sorted(&class.characters)) {
        return ((*same).to_owned(), true);
    }
    let mut written = String::new();
    for c in class.name.chars() {
        match c {
            c if c.is_ascii_uppercase() && !written.is_empty() && !written.ends_with('_') => {
                written.push('_');
                written.push(c.to_ascii_lowercase());
            }
            c if c.is_ascii_alphanumeric() => written.push(c.to_ascii_lowercase()),
            _ => written.push('_'),
        }
    }
    let is_taken = ["", "lower", "upper", "digit", "symbol", "other"].contains(&written.as_str());
    (if is_taken { format!("own_{written}") } else { written }, false)
}

fn classes(draft: &mut Draft, settings: &mut Settings) -> Vec<Class> {
    let mut written: Vec<(String, String, Origin, Option<Entry>)> = CLASSES
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned(), draft.default_origin(), None))
        .collect();
    let own = settings.take_prefixed("class-");
    if let Some(entry) = own.get(MAX_CLASSES) {
        draft.problem(&entry.place, format!("too many classes; expected at most {MAX_CLASSES}"));
        return Vec::new();
    }
    for entry in own {
        let value = entry.value.text().unwrap_or_default().to_owned();
        let class = (entry.key.clone(), value, entry.origin(), Some(entry));
        match written.iter_mut().find(|(name, ..)| *name == class.0) {
            Some(known) => *known = class,
            None => written.push(class),
        }
    }
    let mut classes: Vec<Class> = Vec::new();
    for (name, value, origin, entry) in written {
        let fields: Vec<&str> = value.split_whitespace().collect();
        let numbers: Vec<Option<i64>> =
            fields.iter().skip(1).map(|field| field.parse().ok().filter(|n| *n >= 0)).collect();
        match (fields.as_slice(), numbers.as_slice()) {
            ([characters, _, _] | [characters, _, _, _], [Some(min), Some(for_point), rest @ ..])
                if !rest.contains(&None) =>
            {
                let max = rest.first().copied().flatten().unwrap_or(0);
                let name = name.trim_start_matches("class-").to_owned();
                let characters = (*characters).to_owned();
                classes.push(Class { name, characters, min: *min, for_point: *for_point, max, origin });
            }
            _ => {
                if let Some(entry) = entry {
                    let expected =
                        "expected characters, a minimum, the number for a point, and possibly a maximum";
                    draft.problem(&entry.value.place, format!("invalid class; {expected}"));
                }
            }
        }
    }
    classes
}

/// `maxConsecutivePerClass`: the classes are those of ppm, so this is a pattern for each.
fn runs(draft: &mut Draft, run: &Sourced<i64>, classes: &[Class]) {
    if classes.iter().all(|class| matches!(class.origin, Origin::Product(_))) {
        draft.set("rules.characters", "max_class_run", run.value.min(4096), &run.origin);
        return;
    }
    if run.value > 200 {
        draft.skip_origin(&run.origin, "runs of custom classes are limited to 200", "use a smaller number");
        return;
    }
    for (n, class) in classes.iter().enumerate() {
        let escaped: String = class
            .characters
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\u{{{:x}}}", u32::from(c)) })
            .collect();
        let table = format!("rules.run-{}", n + 1);
        draft.set(&table, "kind", "pattern", &run.origin);
        draft.set(&table, "forbid", format!("[{escaped}]{{{}}}", run.value + 1), &class.origin);
    }
}

fn attributes(draft: &mut Draft, settings: &mut Settings) {
    let rdn = draft.number(settings, "checkRDN", (0, 1), Some(0));
    let listed = settings.take("checkAttributes");
    let mut names: Vec<String> = Vec::new();
    let mut origin = None;
    if let Some(rdn) = rdn.filter(|rdn| rdn.value == 1) {
        names.push("username".to_owned());
        origin = Some(rdn.origin.with("the host supplies the value of the RDN as `username`"));
    }
    if let Some(entry) = listed {
        let text = entry.text(draft).unwrap_or_default();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            // The names that the engine knows.
            let name = match name {
                "uid" => "username",
                "mail" => "email",
                "cn" | "displayName" => "name",
                "telephoneNumber" => "phone",
                name => name,
            };
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        origin = origin.or_else(|| (!text.is_empty()).then(|| entry.origin()));
    }
    if let Some(origin) = origin.filter(|_| !names.is_empty()) {
        let tokens = draft.built_in("compares parts of three or more characters");
        draft.set("rules.personal", "attributes", names, &origin);
        draft.set("rules.personal", "token_separators", " \t_-,;@£", &draft.built_in("divides values at these"));
        draft.set("rules.personal", "min_match", 3, &tokens);
        draft.set("rules.personal", "min_length", 3, &tokens);
        draft.set("rules.personal", "read", ["plain"], &draft.built_in("ignores case only"));
    }
}
