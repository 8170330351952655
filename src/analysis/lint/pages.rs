//! The documentation page of each finding.

use super::Level;

/// The documentation of one kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LintPage {
    /// The id of the finding, such as `unknown-key`.
    pub id: &'static str,
    /// The severity.
    pub level: Level,
    /// The problem, in one line.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// How to fix it.
    pub fix: &'static str,
}

/// Returns the pages of all findings. Errors that prevent a policy from loading come first.
pub fn lint_pages() -> &'static [LintPage] {
    PAGES
}

/// Returns the page of the finding `id`; `None` if there is no such finding.
pub fn lint_page(id: &str) -> Option<&'static LintPage> {
    PAGES.iter().find(|page| page.id == id)
}

const fn error(id: &'static str, title: &'static str, why: &'static str, fix: &'static str) -> LintPage {
    LintPage { id, level: Level::Error, title, why, fix }
}

const fn warning(id: &'static str, title: &'static str, why: &'static str, fix: &'static str) -> LintPage {
    LintPage { id, level: Level::Warning, title, why, fix }
}

const NOTHING_PASSES: &str = "The policy refuses every password, so no user can set one.";
const NO_EFFECT: &str = "The policy looks stricter than it is.";

const PAGES: &[LintPage] = &[
    error(
        "syntax",
        "invalid TOML",
        "The file cannot be read past the error.",
        "Correct the syntax. The reported column counts characters.",
    ),
    error(
        "unreadable",
        "a layer or word list cannot be read",
        "A policy with a missing part would accept passwords that the part refuses.",
        "Correct the path. It is relative to the file that names it.",
    ),
    error(
        "loop",
        "a policy extends itself",
        "A cycle of `extends` has no base layer.",
        "Remove one `extends` of the cycle.",
    ),
    error(
        "too-large",
        "a value, list or file exceeds its size limit",
        "The limits bound the time that loading and evaluation take.",
        "Shorten or split it.",
    ),
    error(
        "unknown-key",
        "unknown key",
        "A misspelt key would silently drop a requirement.",
        "Use the suggested name or remove the key.",
    ),
    error(
        "unknown-attribute",
        "attribute that the host does not send",
        "The rule would compare with nothing, and accept passwords that contain the user's data.",
        "Use a name in `attributes.known`, or add the name there if the host sends it.",
    ),
    error(
        "unknown-kind",
        "unknown rule kind",
        "A rule of an unknown kind could not be enforced.",
        "Use a built-in kind, or register the custom kind before loading the policy.",
    ),
    error(
        "unknown-value",
        "invalid value",
        "A guess at what was meant could be too loose.",
        "Use one of the values that the key accepts.",
    ),
    error(
        "out-of-range",
        "number out of range",
        "The rule cannot enforce the value.",
        "Use a number within the range.",
    ),
    error(
        "wrong-type",
        "wrong type",
        "A guess at what was meant could be too loose.",
        "Use a value of the expected type.",
    ),
    error("missing-key", "missing required key", "The table has no effect without it.", "Add the key."),
    error("conflict", "conflicting keys", "One of them would be ignored.", "Remove one of them."),
    error(
        "bad-pattern",
        "invalid regular expression",
        "The expression cannot be compiled.",
        "Correct it. Look-around and backreferences are not supported; use `characters.require` to require classes.",
    ),
    error(
        "not-built",
        "a rule cannot be built",
        "Skipping the rule would accept passwords that it refuses.",
        "Fix the other errors of the rule.",
    ),
    error(
        "length-contradiction",
        "contradictory lengths",
        NOTHING_PASSES,
        "Lower the minimum length or raise the limit that contradicts it: another `length`, `max_bytes` or `hash_limit_bytes`.",
    ),
    error(
        "classes-exceed-length",
        "more characters required than the maximum length permits",
        NOTHING_PASSES,
        "Require fewer characters or raise `length.max`.",
    ),
    error("nothing-allowed", "no character is allowed", NOTHING_PASSES, "Widen `allowed` or narrow `forbidden`."),
    error(
        "class-excluded",
        "required class without an allowed character",
        NOTHING_PASSES,
        "Allow a character of the class or do not require the class.",
    ),
    error(
        "too-few-classes-allowed",
        "more classes required than allowed",
        NOTHING_PASSES,
        "Lower `min_classes` or allow another class.",
    ),
    error(
        "occurrences-contradiction",
        "too few allowed characters for `max_occurrences`",
        NOTHING_PASSES,
        "Raise `max_occurrences` or allow more characters.",
    ),
    error(
        "run-contradiction",
        "a single allowed character and a short `max_run`",
        NOTHING_PASSES,
        "Allow another character or raise `max_run`.",
    ),
    error(
        "variety-contradiction",
        "more different characters required than possible",
        NOTHING_PASSES,
        "Lower `min_distinct`.",
    ),
    error(
        "limits-contradiction",
        "limits that no password meets",
        NOTHING_PASSES,
        "Raise the limit, or allow other characters.",
    ),
    error(
        "points-contradiction",
        "more points required than the longest password can have",
        NOTHING_PASSES,
        "Lower `min_points`, or give more points.",
    ),
    error(
        "strength-unreachable",
        "strength out of reach of the maximum length",
        NOTHING_PASSES,
        "Raise `length.max` or lower the required strength.",
    ),
    error(
        "pattern-contradiction",
        "no permitted password matches a required expression",
        NOTHING_PASSES,
        "Make the expression consistent with the lengths and the allowed characters.",
    ),
    error(
        "pattern-requires-nothing",
        "no text matches a required expression",
        NOTHING_PASSES,
        "Correct the expression.",
    ),
    error(
        "pattern-forbids-everything",
        "every text matches a forbidden expression",
        NOTHING_PASSES,
        "An expression that matches the empty string matches every password: use `+` instead of `*`, or anchor it with `^` and `$`.",
    ),
    error(
        "nothing-accepted",
        "no password is accepted",
        NOTHING_PASSES,
        "Relax a rule. The lengths and characters permit so few passwords that all of them were tried.",
    ),
    warning("rule-never-fires", "a rule never triggers", NO_EFFECT, "Remove the rule or tighten it."),
    warning(
        "limit-never-reached",
        "a limit as large as the maximum length",
        NO_EFFECT,
        "Lower the limit or remove it.",
    ),
    warning("max-never-reached", "`max` exceeds `max_bytes`", NO_EFFECT, "Lower `max` or raise `max_bytes`."),
    warning(
        "duplicate-rule",
        "duplicate rule",
        "A later change may be made to only one of the two.",
        "Remove one of the rules.",
    ),
    warning(
        "pattern-never-fires",
        "an expression never changes the outcome",
        NO_EFFECT,
        "Correct the expression or remove the rule.",
    ),
    warning(
        "exemption-never-holds",
        "no password meets the condition of an exemption",
        NO_EFFECT,
        "Lower its `min` to at most `length.max`.",
    ),
    warning(
        "exemption-always-holds",
        "every password meets the condition of an exemption",
        "The rules that it lifts never trigger.",
        "Narrow `when`.",
    ),
    warning(
        "exemption-voids-length",
        "an exemption permits short passwords",
        "Length is the main factor in resistance to guessing.",
        "Add a `length` to `when`.",
    ),
    error(
        "guessable-code",
        "reset code with fewer than 20 bits",
        "The code can be guessed before it expires.",
        "Use at least six digits.",
    ),
    warning(
        "code-guessable",
        "reset code can be guessed within a day",
        "An attacker can keep guessing: the probability over a day counts, not that of one attempt.",
        "Lower `wrong_codes_per_account` or use a longer code, until the probability is at most 1 in 10,000.",
    ),
    warning(
        "code-no-cooldown",
        "no pause between reset codes",
        "Repeated requests can flood a mailbox.",
        "Set `cooldown`.",
    ),
    warning(
        "code-flood",
        "high limit of codes per account",
        "An attacker can flood the mailbox of a user.",
        "Lower `per_account` or `per_address`.",
    ),
    warning(
        "sending-unthrottled",
        "high limit of codes per client without a captcha",
        "A script can request codes for many users.",
        "Require the captcha or lower `per_peer`.",
    ),
    warning(
        "change-after-expiry",
        "passwords expire before they can be changed",
        "Users must change an expired password, and the minimum age forbids it.",
        "Lower `reset.min_password_age` or raise `expiry.max_age`.",
    ),
    warning(
        "lockout-by-strangers",
        "one client can lock out the owner of an account",
        "A client that knows the name of an account can keep its owner out of every network where the owner has not signed in.",
        "Raise `max_failures_per_account` and `disable_after` well above `max_failures`.",
    ),
    warning(
        "unknown-wire",
        "unknown protocol code",
        "Clients receive a different code than intended.",
        "Use a code of the contract.",
    ),
    warning(
        "unusual-attribute",
        "attribute with an unusual name",
        "A rule compares with nothing if the host calls the attribute differently. The evaluation only adds a note.",
        "Use the name that the host sends, and list all of its names in `attributes.known`.",
    ),
    warning(
        "nist-conflict",
        "setting that NIST SP 800-63B-4 advises against",
        "The help names the clause. Other standards may require the opposite; `comply` shows which.",
        "Change the setting, or document why it is needed.",
    ),
    warning(
        "message-placeholder",
        "placeholder that a message cannot fill",
        "Users see the placeholder itself.",
        "Use the numbers of the rule's violations, or remove the braces.",
    ),
    LintPage {
        id: "message-language",
        level: Level::Note,
        title: "message without a translation",
        why: "Users of the other language see the English or the built-in message.",
        fix: "Add the message in every language.",
    },
];
