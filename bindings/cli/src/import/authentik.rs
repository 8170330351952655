//! authentik: JSON of the policies for passwords, expiry and uniqueness. Source: models of authentik.policies.

use super::Translated;
use super::draft::Draft;
use super::json;
use super::source::{Problem, Settings, Text};

const DAY: i64 = 86_400;
const LIMIT: i64 = i32::MAX as i64;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("authentik", "authentik");
    for text in texts {
        let document = json::read(text)?;
        for node in document.get("results").unwrap_or(&document).items() {
            let mut settings = Settings::of(node, &mut draft);
            settings.ignore(&[
                "pk",
                "name",
                "execution_logging",
                "component",
                "verbose_name",
                "verbose_name_plural",
                "meta_model_name",
                "bound_to",
                "password_field",
            ]);
            let settings = &mut settings;
            // The API names the model of each policy; a policy without the name is known by its settings.
            if node.get("days").is_some() {
                expiry(&mut draft, settings);
            } else if node.get("num_historical_passwords").is_some() {
                if let Some(depth) = draft
                    .number(settings, "num_historical_passwords", (0, LIMIT), Some(1))
                    .filter(|depth| depth.value > 0)
                {
                    let value = draft.at_most(&depth, 100);
                    draft.set("rules.history", "depth", value, &depth.origin);
                }
            } else {
                password(&mut draft, settings);
            }
            std::mem::replace(settings, Settings::new(Vec::new())).finish(&mut draft);
        }
    }
    draft.remark("Bindings of policies to groups and users are no part of a policy: write a policy set with `[[population]]`.");
    Ok(Translated::Policy(draft))
}

fn expiry(draft: &mut Draft, settings: &mut Settings) {
    if let Some(mut days) = draft.number(settings, "days", (0, LIMIT), None) {
        days.value *= DAY;
        if draft.set_duration("expiry", "max_age", &days, (DAY, 3660 * DAY)) {
            draft.set("expiry", "warn_before", "0s", &draft.built_in("does not warn"));
            draft.remark("Expiry: the host enforces it by calling `standing`.");
        }
    }
    if let Some(entry) = settings.take("deny_only")
        && entry.value.text() == Some("true")
    {
        draft.skip(
            &entry,
            "`standing` returns that the password must be changed",
            "the host does not let the user change it",
        );
    }
}

fn password(draft: &mut Draft, settings: &mut Settings) {
    let is_static = draft.flag(settings, "check_static_rules", Some(true)).is_some_and(|check| check.value);
    let message = settings.take("error_message");
    if is_static {
        static_rules(draft, settings);
        let rules = [
            draft.has("rules.length").then_some("rules.length"),
            draft.has("rules.characters").then_some("rules.characters"),
        ];
        if let Some(entry) = message
            && let Some(text) = entry.text(draft).filter(|text| !text.trim().is_empty())
        {
            for table in rules.into_iter().flatten() {
                let text: String = text.chars().filter(|c| !c.is_control()).take(500).collect();
                draft.set(table, "message.en", text, &entry.origin());
            }
        }
    } else {
        settings.ignore(&[
            "length_min",
            "amount_digits",
            "amount_uppercase",
            "amount_lowercase",
            "amount_symbols",
            "symbol_charset",
        ]);
    }
    let strength = draft.flag(settings, "check_zxcvbn", Some(false)).is_some_and(|check| check.value);
    if let Some(score) = draft.number(settings, "zxcvbn_score_threshold", (0, 4), Some(2)).filter(|_| strength) {
        let origin = score.origin.with("authentik rejects this score, Kouling requires the next");
        if score.value < 4 {
            draft.set("rules.strength", "min_score", score.value + 1, &origin);
        } else {
            draft.skip_origin(&score.origin, "no password has a score above 4", "choose 3 or less");
        }
    }
    let entry = settings.take("check_have_i_been_pwned");
    let allowed = draft.number(settings, "hibp_allowed_count", (0, LIMIT), Some(0));
    if let (Some(entry), Some(allowed)) = (entry, allowed)
        && entry.flag(draft, &["true"], &["false"]) == Some(true)
    {
        let count = match allowed.value {
            0 => String::new(),
            allowed => {
                format!(", min_count = {}", [10, 100].iter().find(|count| **count > allowed).unwrap_or(&1000))
            }
        };
        let instead = format!(
            "build a filter with `kouling words build --hashes` and add `rules.breached = {{ filter = \"./leaked-often.filter\"{count} }}`"
        );
        draft.skip(&entry, "the engine uses no network", &instead);
    }
}

fn static_rules(draft: &mut Draft, settings: &mut Settings) {
    if let Some(min) = draft.number(settings, "length_min", (0, 4096), Some(0)).filter(|min| min.value > 0) {
        draft.set("rules.length", "min", min.value, &min.origin);
        draft.set(
            "rules.length",
            "max",
            1024,
            &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
        );
    }
    let none = draft.built_in("counts each class on its own");
    for (key, class) in [("amount_digits", "digit"), ("amount_uppercase", "upper"), ("amount_lowercase", "lower")]
    {
        if let Some(count) = draft.number(settings, key, (0, 4096), Some(0)).filter(|count| count.value > 0) {
            draft.set_default("rules.characters", "min_classes", 1, &none);
            draft.set_default(
                "rules.characters",
                "by",
                "ascii",
                &draft.built_in("counts letters and digits of ASCII"),
            );
            draft.set("rules.characters", &format!("require.{class}"), count.value, &count.origin);
        }
    }
    let symbols = settings.take("symbol_charset");
    if let Some(count) =
        draft.number(settings, "amount_symbols", (0, 4096), Some(0)).filter(|count| count.value > 0)
    {
        let (characters, origin) = match &symbols {
            Some(entry) => (entry.value.text().unwrap_or_default().to_owned(), entry.origin()),
            None => ("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ".to_owned(), draft.default_origin()),
        };
        draft.set_default("rules.characters", "min_classes", 1, &none);
        draft.set("rules.characters", "classes.signs", characters, &origin);
        draft.set("rules.characters", "require.signs", count.value, &count.origin);
    }
}
