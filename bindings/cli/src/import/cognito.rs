//! Amazon Cognito: JSON of `aws cognito-idp describe-user-pool`, or its `PasswordPolicy`. Source: PasswordPolicyType.

use super::Translated;
use super::draft::{Draft, Sourced};
use super::json;
use super::source::{Problem, Settings, Text};

const DAY: i64 = 86_400;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("cognito", "Cognito");
    for text in texts {
        let node = json::read(text)?;
        let paths: [&[&str]; 4] = [
            &["UserPool", "Policies", "PasswordPolicy"],
            &["Policies", "PasswordPolicy"],
            &["PasswordPolicy"],
            &[],
        ];
        let policy = paths.iter().find_map(|path| node.at(path)).unwrap_or(&node);
        let mut settings = Settings::of(policy, &mut draft);
        write(&mut draft, &mut settings);
        settings.finish(&mut draft);
    }
    Ok(Translated::Policy(draft))
}

fn write(draft: &mut Draft, settings: &mut Settings) {
    if let Some(min) = draft.number(settings, "MinimumLength", (6, 99), Some(8)) {
        draft.set("rules.length", "min", min.value, &min.origin);
        draft.set("rules.length", "max", 256, &draft.built_in("accepts up to 256 characters"));
    }
    for (key, class) in [
        ("RequireUppercase", "upper"),
        ("RequireLowercase", "lower"),
        ("RequireNumbers", "digit"),
        ("RequireSymbols", "symbol"),
    ] {
        // The console switches them on, the API does not.
        if let Some(required) = draft.flag(settings, key, Some(false)).filter(|required| required.value) {
            draft.set_default(
                "rules.characters",
                "min_classes",
                1,
                &draft.built_in("requires each class on its own"),
            );
            draft.set("rules.characters", "by", "ascii", &draft.built_in("classifies basic Latin letters"));
            draft.set("rules.characters", &format!("require.{class}"), 1, &required.origin);
        }
    }
    if let Some(depth) =
        draft.number(settings, "PasswordHistorySize", (0, 24), Some(0)).filter(|depth| depth.value > 0)
    {
        draft.set("rules.history", "depth", depth.value, &depth.origin);
    }
    if let Some(days) = draft.number(settings, "TemporaryPasswordValidityDays", (0, 365), Some(7)) {
        // 0 stands for the default.
        let value = if days.value == 0 { 7 * DAY } else { days.value * DAY };
        draft.set_duration("temporary", "lifetime", &Sourced { value, origin: days.origin }, (60, 365 * DAY));
        draft.set("temporary", "single_use", false, &draft.built_in("limits only the time"));
        draft.remark("`temporary`: the host states that an administrator set the password, and calls `standing`.");
    }
}
