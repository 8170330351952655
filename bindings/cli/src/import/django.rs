//! Django: `AUTH_PASSWORD_VALIDATORS` of a settings module. Source: "Password management in Django", django/contrib/auth.

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::python;
use super::source::{Entry, Node, Problem, Settings, Text};

const BUILT_IN: &str = "django.contrib.auth.password_validation.";

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("django", "Django");
    let mut validators = None;
    let mut hashers = None;
    for text in texts {
        validators = python::assigned(text, "AUTH_PASSWORD_VALIDATORS")?.or(validators);
        hashers = python::assigned(text, "PASSWORD_HASHERS")?.or(hashers);
    }
    let Some(validators) = validators else {
        let start = texts.first().map(|text| text.place(1, 1));
        let message = "no `AUTH_PASSWORD_VALIDATORS = [`; expected it at the start of a line";
        return match start {
            Some(start) => Err(Problem::new(&start, message)),
            None => Ok(Translated::Policy(draft)),
        };
    };
    for validator in validators.items() {
        translate_one(&mut draft, validator);
    }
    if let Some(first) = hashers.as_ref().and_then(|hashers| hashers.items().first())
        && let Some(name) = first.text()
        && name.ends_with(".BCryptPasswordHasher")
    {
        let shown = format!("PASSWORD_HASHERS = [\"{name}\", …]");
        let origin = Origin::Entry { place: first.place.clone(), shown: super::source::shown(&shown) };
        draft.set("password", "hash_limit_bytes", 72, &origin.with("bcrypt reads 72 bytes"));
    }
    Ok(Translated::Policy(draft))
}

fn translate_one(draft: &mut Draft, validator: &Node) {
    let mut settings = Settings::of(validator, draft);
    let Some(entry) = settings.take("NAME") else {
        draft.problem(&validator.place, "missing `NAME`; expected the path of a validator");
        return;
    };
    let Some(name) = entry.text(draft) else { return };
    let mut options = settings.inner("OPTIONS", draft);
    let origin = entry.origin();
    match name.strip_prefix(BUILT_IN).unwrap_or(&name) {
        "MinimumLengthValidator" => {
            if let Some(min) = draft.number(&mut options, "min_length", (0, i64::from(i32::MAX)), Some(8)) {
                let value = draft.at_most(&min, 4096).max(1);
                draft.set("rules.length", "min", value, &min.origin);
                draft.set(
                    "rules.length",
                    "max",
                    1024,
                    &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
                );
            }
        }
        "CommonPasswordValidator" => {
            draft.set(
                "rules.words",
                "lists",
                ["common"],
                &origin.with("the list of Kouling instead of that of Django"),
            );
            draft.set("rules.words", "match", ["whole"], &draft.built_in("compares the whole password"));
            draft.set("rules.words", "read", ["plain"], &draft.built_in("ignores case only"));
            options.skip(
                draft,
                &["password_list_path"],
                "the list is a file of its own",
                "copy it next to the policy as words.txt and add it to `rules.words.lists`",
            );
        }
        "NumericPasswordValidator" => {
            draft.set("rules.characters", "min_classes", 1, &draft.built_in("requires no classes"));
            draft.set("rules.characters", "not_only", ["digit"], &origin);
        }
        "UserAttributeSimilarityValidator" => similarity(draft, &mut options, &origin),
        _ => draft.skip(
            &entry,
            "a validator of another package",
            "write it as a rule; see the guide to custom rules",
        ),
    }
    options.finish(draft);
    settings.finish(draft);
}

fn similarity(draft: &mut Draft, options: &mut Settings, origin: &Origin) {
    let listed = options.take("user_attributes");
    let names: Vec<String> = match &listed {
        Some(entry) => entry.value.items().iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
        None => ["username", "first_name", "last_name", "email"].map(str::to_owned).to_vec(),
    };
    let mut attributes: Vec<String> = Vec::new();
    for name in &names {
        let name = if ["first_name", "last_name"].contains(&name.as_str()) { "name" } else { name };
        if !attributes.iter().any(|known| known == name) {
            attributes.push(name.to_owned());
        }
    }
    let share = match options.take("max_similarity") {
        Some(entry) => percent(draft, &entry),
        None => Some(Sourced { value: 70, origin: draft.default_origin() }),
    };
    let Some(share) = share else { return };
    if attributes.is_empty() {
        return;
    }
    let origin = listed.map_or_else(|| origin.clone(), |entry| entry.origin());
    draft.set(
        "rules.personal",
        "attributes",
        attributes,
        &origin.with("the host supplies first and last name as `name`"),
    );
    draft.set("rules.personal", "min_part", 4, &draft.built_in("compares similar values, Kouling common parts"));
    draft.set("rules.personal", "max_share", share.value.clamp(0, 99), &share.origin);
}

/// A share such as 0.7, in per cent.
fn percent(draft: &mut Draft, entry: &Entry) -> Option<Sourced<i64>> {
    let share =
        entry.value.text().and_then(|text| text.parse::<f64>().ok()).filter(|share| (0.1..=1.0).contains(share));
    match share {
        Some(share) => Some(Sourced { value: (share * 100.0).round() as i64, origin: entry.origin() }),
        None => {
            draft.problem(&entry.value.place, "invalid `max_similarity`; expected a number from 0.1 to 1.0");
            None
        }
    }
}
