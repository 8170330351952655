//! The checks of requirements against the effective policy, one function for each.

use super::Verdict;
use super::characters::CharacterGroup;
use super::standard::{Check, Reason};
use crate::analysis::view::{self, Force, RuleView};
use crate::candidate::Normalization;
use crate::evaluation::Policy;
use crate::policy::units::{Rate, as_duration};
use crate::policy::{Document, Span};
use crate::rules::built_in;
use crate::rules::characters::RESTRICTIONS;
use crate::time::Moment;

/// The maximum number of bytes of a code point in UTF-8.
const MAX_BYTES: u64 = 4;

/// The policy that is compared with a standard.
pub(super) struct ComplyContext<'a> {
    policy: &'a Policy,
    document: &'a Document,
    rules: Vec<RuleView<'a>>,
}

fn broken(place: impl Into<Option<Span>>, why: Reason) -> Verdict {
    Verdict::Broken { place: place.into(), why }
}

fn undecided(why: Reason) -> Verdict {
    Verdict::NotDecidable { why }
}

/// Returns a reason that names a rule.
fn of_rule(key: &'static str, rule: &RuleView<'_>) -> Reason {
    Reason::new(key).with("rule", rule.name.to_string())
}

fn met(place: impl Into<Option<Span>>) -> Verdict {
    Verdict::Met { place: place.into() }
}

impl<'a> ComplyContext<'a> {
    pub(super) fn new(policy: &'a Policy, document: &'a Document, now: Moment) -> ComplyContext<'a> {
        ComplyContext { policy, document, rules: view::rules(document, now) }
    }

    pub(super) fn evaluate(&self, check: &Check) -> Verdict {
        let reset = self.policy.reset();
        match check {
            Check::MinLength { min, min_with_factor } => self.check_min_length(*min, *min_with_factor),
            Check::MinMaxLength(min) => self.check_min_max_length(*min),
            Check::CodePoints => self.code_points(),
            Check::NoComposition => self.no_composition(),
            Check::EveryCharacter => self.every_character(),
            Check::Classes(min) => self.demand("characters", "min_classes", &|rule| {
                rule.kind == "characters" && rule.min_classes() >= *min
            }),
            Check::LetterAndDigit => self.guaranteed(&[CharacterGroup::Letter, CharacterGroup::Digit]),
            Check::NonLetter => self.guaranteed(&[CharacterGroup::NonLetter]),
            Check::NoRotation => match self.policy.expiry() {
                None => met(None),
                Some(_) => broken(self.place(&["expiry"]), Reason::new("expires")),
            },
            Check::Rotation(max) => match self.policy.expiry() {
                None => broken(None, Reason::new("no_expiry")),
                Some(expiry) => self.by_host(
                    self.setting(expiry.max_age <= *max, &["expiry", "max_age"]),
                    Reason::new("calls_standing"),
                ),
            },
            Check::Normalized => {
                let nfc = self.policy.preparation().normalization == Normalization::Nfc;
                self.setting(nfc, &["password", "normalize"])
            }
            Check::AsReceived => {
                let nfc = self.policy.preparation().normalization == Normalization::Nfc;
                self.setting(!nfc, &["password", "normalize"])
            }
            Check::Blocklist => self.demand("words", "match", &|rule| rule.kind == "breached" || whole(rule)),
            Check::OnlyWhole => self.only_whole(),
            Check::CommonWords => self.demand("words", "lists", &|rule| whole(rule) && has_common(rule)),
            Check::Breached => self.demand("breached", "filter", &|rule| rule.kind == "breached"),
            Check::ContextWords => {
                let file = |name: &&str| name.contains(['/', '.', '\\']);
                self.demand("personal", "attributes", &|rule| {
                    rule.kind == "personal"
                        || (rule.kind == "words"
                            && rule.texts("lists").is_some_and(|lists| lists.iter().any(file)))
                })
            }
            Check::History(min) => {
                self.demand("history", "depth", &|rule| rule.kind == "history" && rule.depth() >= *min)
            }
            Check::MinAge(min) => self.by_host(
                self.setting(reset.min_password_age >= *min, &["reset", "min_password_age"]),
                Reason::new("supplies_password_set"),
            ),
            Check::SignIn { max, lock, disables } => self.check_sign_in(*max, *lock, *disables),
            Check::Attempts { max, window } => {
                if reset.code.max_submissions > *max {
                    return self.setting(false, &["reset", "code", "max_submissions"]);
                }
                let Rate { most, per } = reset.limits.wrong_codes_per_account;
                if reset.code.window >= *window && (most > *max || per < *window) {
                    let reason = Reason::new("attempts_of_others").with("most", most);
                    return undecided(reason.with("window", as_duration(per)));
                }
                self.setting(reset.code.window >= *window, &["reset", "code", "window"])
            }
            Check::CodeLifetime(max) => self.setting(reset.code.lifetime <= *max, &["reset", "code", "lifetime"]),
            Check::PhoneLifetime(max) => {
                self.setting(reset.code.phone_lifetime <= *max, &["reset", "code", "phone_lifetime"])
            }
            Check::CodeBound => {
                self.setting(reset.code.bind_client && reset.code.bind_device, &["reset", "code", "bind"])
            }
            Check::Notify => self.setting(reset.notify, &["reset", "notify"]),
            Check::RevokeSessions => self.setting(reset.revoke_sessions, &["reset", "revoke_sessions"]),
            Check::Conceal => match (reset.conceal_unknown_user, reset.mail_unknown_recipient) {
                (true, false) => self.setting(false, &["reset", "unknown_recipient"]),
                (conceal, _) => self.setting(conceal, &["reset", "conceal_unknown_user"]),
            },
            Check::ByConstruction(why) => Verdict::MetByConstruction { why: why.clone() },
            Check::NotHere(why) => Verdict::NotDecidable { why: why.clone() },
        }
    }

    fn place(&self, path: &[&str]) -> Option<Span> {
        view::find(self.document, path).map(|entry| entry.node.span)
    }

    /// Returns the verdict on a setting outside the rules.
    fn setting(&self, holds: bool, path: &[&str]) -> Verdict {
        let place = self.place(path);
        if holds {
            return met(place);
        }
        let reason = Reason::new(if place.is_some() { "setting" } else { "default" });
        broken(place, reason.with("setting", path.join(".")))
    }

    /// Returns `verdict`; if the setting complies, that the host enforces it.
    fn by_host(&self, verdict: Verdict, why: Reason) -> Verdict {
        match verdict {
            Verdict::Met { place } => Verdict::MetByHost { place, why },
            other => other,
        }
    }

    fn check_sign_in(&self, max: u64, lock: u64, disables: bool) -> Verdict {
        let Some(sign_in) = self.policy.standing().sign_in else { return undecided(Reason::new("host_signs_in")) };
        if sign_in.max_failures > max {
            return self.setting(false, &["sign_in", "max_failures"]);
        }
        if sign_in.lock < lock {
            return self.setting(false, &["sign_in", "lock"]);
        }
        let (all, key) = match sign_in.disable_after {
            Some(limit) if disables => (limit, "disable_after"),
            _ => (sign_in.max_failures_per_account, "max_failures_per_account"),
        };
        if disables && all > max {
            return self.setting(false, &["sign_in", key]);
        }
        if disables && sign_in.disable_after.is_none() {
            return undecided(Reason::new("locks_end").with("max", max));
        }
        if all > max {
            return undecided(Reason::new("failures_of_others").with("most", all));
        }
        let place = self.place(&["sign_in", key]).or(self.place(&["sign_in"]));
        self.by_host(met(place), Reason::new("calls_standing"))
    }

    /// Returns the verdict on a required rule. `kind` and `key` name the rule kind and the parameter that decide it.
    fn demand(&self, kind: &str, key: &str, holds: &dyn Fn(&RuleView<'_>) -> bool) -> Verdict {
        let holding = |force| self.rules.iter().find(|rule| rule.force == force && holds(rule));
        if let Some(rule) = holding(Force::Refuses) {
            return met(rule.span_of(key));
        }
        if let Some(verdict) = self.not_always(holding(Force::Lifted), holding(Force::Optional)) {
            return verdict;
        }
        match self.rules.iter().find(|rule| rule.kind == kind) {
            Some(rule) if rule.force == Force::Silent => broken(rule.span, of_rule("silent", rule)),
            Some(rule) => broken(rule.span_of(key), of_rule("not_strict", rule)),
            None => broken(None, Reason::new("no_rule").with("kind", kind.to_owned())),
        }
    }

    /// Returns the verdict on a rule that complies, but does not apply to every password.
    fn not_always(&self, lifted: Option<&RuleView<'_>>, optional: Option<&RuleView<'_>>) -> Option<Verdict> {
        let lifted = lifted.map(|rule| of_rule("lifted", rule));
        let optional = || optional.map(|rule| of_rule("optional", rule));
        let custom = || self.custom_rule().map(|rule| of_rule("custom", rule));
        lifted.or_else(optional).or_else(custom).map(undecided)
    }

    /// Returns a rule of a custom kind that refuses passwords, if there is one.
    fn custom_rule(&self) -> Option<&RuleView<'a>> {
        let kinds = built_in();
        self.rules.iter().find(|rule| {
            rule.force != Force::Silent && !kinds.iter().any(|definition| definition.kind() == rule.kind)
        })
    }

    fn check_min_length(&self, min: u64, min_with_factor: Option<u64>) -> Verdict {
        let least = |rule: &RuleView<'_>| match rule.text("count") {
            Some("bytes") => rule.min_length().div_ceil(MAX_BYTES),
            _ => rule.min_length(),
        };
        let verdict = self.demand("length", "min", &|rule| rule.kind == "length" && least(rule) >= min);
        match (&verdict, min_with_factor) {
            (Verdict::Broken { .. }, Some(beside)) => {
                match self.demand("length", "min", &|rule| rule.kind == "length" && least(rule) >= beside) {
                    Verdict::Met { .. } => undecided(Reason::new("second_factor").with("min", min)),
                    _ => verdict,
                }
            }
            _ => verdict,
        }
    }

    fn check_min_max_length(&self, min: u64) -> Verdict {
        let mut doubtful = None;
        for rule in self.rules.iter().filter(|rule| rule.kind == "length" && rule.force != Force::Silent) {
            let max = rule.max_length();
            let place = rule.span_of("max");
            let bytes = rule.text("count") == Some("bytes");
            if max < min && rule.force == Force::Refuses {
                return broken(place, of_rule("max_length", rule).with("max", max));
            }
            if max < min || (bytes && max < min * MAX_BYTES) {
                doubtful = Some(max);
            }
        }
        let preparation = self.policy.preparation();
        for (key, limit) in
            [("max_bytes", Some(preparation.max_bytes)), ("hash_limit_bytes", preparation.hash_limit_bytes)]
        {
            let Some(limit) = limit.map(|limit| limit as u64) else { continue };
            if limit < min {
                return self.setting(false, &["password", key]);
            }
            if limit < min * MAX_BYTES {
                doubtful = Some(limit);
            }
        }
        match doubtful {
            Some(limit) => undecided(Reason::new("bytes").with("min", min).with("limit", limit)),
            None => met(self.rules.iter().find(|rule| rule.refuses("length")).map(|rule| rule.span_of("max"))),
        }
    }

    fn code_points(&self) -> Verdict {
        let mut rules = self.rules.iter().filter(|rule| rule.kind == "length" && rule.force != Force::Silent);
        match rules.find(|rule| rule.text("count").is_some_and(|count| count != "code-points")) {
            Some(rule) => broken(rule.span_of("count"), of_rule("count", rule)),
            None => met(None),
        }
    }

    fn no_composition(&self) -> Verdict {
        let mut doubtful = None;
        for rule in self.rules.iter().filter(|rule| rule.force != Force::Silent) {
            let demands = match rule.kind {
                "characters" if rule.min_classes() > 1 => Some("min_classes"),
                "characters" => RESTRICTIONS.into_iter().find(|key| rule.node(key).is_some()),
                "points" if rule.per_character() == 0 => Some("min_points"),
                "pattern" => ["require", "forbid"].into_iter().find(|key| rule.node(key).is_some()),
                _ => None,
            };
            match demands {
                None => {}
                Some(key) if key == "forbid" || rule.force == Force::Optional => doubtful = Some(rule),
                Some(key) => return broken(rule.span_of(key), of_rule("composition", rule)),
            }
        }
        match doubtful.or(self.custom_rule()) {
            Some(rule) => undecided(of_rule("maybe_composition", rule)),
            None => met(None),
        }
    }

    fn every_character(&self) -> Verdict {
        let limits = |rule: &&RuleView<'_>| {
            rule.kind == "characters" && (rule.node("allowed").is_some() || rule.node("forbidden").is_some())
        };
        let rules = || self.rules.iter().filter(|rule| rule.force != Force::Silent).filter(limits);
        if let Some(rule) = rules().find(|rule| rule.force != Force::Optional) {
            let key = if rule.node("allowed").is_some() { "allowed" } else { "forbidden" };
            return broken(rule.span_of(key), of_rule("characters", rule));
        }
        let pattern = self.rules.iter().find(|rule| rule.kind == "pattern" && rule.force != Force::Silent);
        match rules().next().or(pattern).or(self.custom_rule()) {
            Some(rule) => undecided(of_rule("maybe_characters", rule)),
            None => met(None),
        }
    }

    fn guaranteed(&self, kinds: &[CharacterGroup]) -> Verdict {
        let by = |kind: CharacterGroup, standings: &[Force]| {
            self.rules.iter().find(|rule| standings.contains(&rule.force) && kind.is_guaranteed_by(rule))
        };
        let mut place = None;
        for kind in kinds {
            match by(*kind, &[Force::Refuses]) {
                Some(rule) => place = place.or(Some(rule.span)),
                None => {
                    let lifted = by(*kind, &[Force::Lifted]);
                    if let Some(verdict) = self.not_always(lifted, by(*kind, &[Force::Optional])) {
                        return verdict;
                    }
                    return broken(
                        None,
                        Reason::new(match kind {
                            CharacterGroup::Letter => "no_letter",
                            CharacterGroup::Digit => "no_digit",
                            CharacterGroup::NonLetter => "no_non_letter",
                        }),
                    );
                }
            }
        }
        met(place)
    }

    fn only_whole(&self) -> Verdict {
        let wider = |rule: &&RuleView<'_>| {
            let near = rule.number("max_edit_distance").unwrap_or(0) > 0;
            rule.kind == "words" && (near || rule.matches().iter().any(|way| *way != "whole"))
        };
        let rules = || self.rules.iter().filter(|rule| rule.force != Force::Silent).filter(wider);
        if let Some(rule) = rules().find(|rule| rule.force != Force::Optional) {
            return broken(rule.span_of("match"), of_rule("parts", rule));
        }
        match self.not_always(None, rules().next()) {
            Some(verdict) => verdict,
            None => met(None),
        }
    }
}

fn whole(rule: &RuleView<'_>) -> bool {
    rule.kind == "words" && rule.matches().contains(&"whole")
}

/// Returns whether the rule uses the list of common passwords.
fn has_common(rule: &RuleView<'_>) -> bool {
    rule.texts("lists").is_none_or(|lists| lists.contains(&"common"))
}
