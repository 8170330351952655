//! The kinds of findings about policies, each with its documentation: errors that prevent a policy from loading, and what
//! `lint` reports about a policy that loads.

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The policy cannot be intended like this.
    Error,
    /// A probable mistake, or a setting that is advised against.
    Warning,
    /// Additional information.
    Note,
}

impl Level {
    /// Returns the name: `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// The documentation of one kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LintPage {
    /// The id of the finding, such as `unknown-key`.
    pub id: &'static str,
    /// The severity.
    pub level: Level,
    /// Whether a policy that has it does not load.
    pub prevents_loading: bool,
    /// Whether a `[[waiver]]` can name it. Errors that prevent a policy from loading cannot be waived.
    pub waivable: bool,
    /// Whether `lint` also looks for it on every later date that the policy names.
    pub on_dates: bool,
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

type Text = &'static str;

const fn page(id: Text, level: Level, title: Text, why: Text, fix: Text) -> LintPage {
    LintPage { id, level, prevents_loading: false, waivable: true, on_dates: false, title, why, fix }
}

const fn load_error(id: Text, title: Text, why: Text, fix: Text) -> LintPage {
    LintPage { prevents_loading: true, waivable: false, ..page(id, Level::Error, title, why, fix) }
}

/// The page of a reason why a policy accepts no password.
const fn impossible(id: Text, title: Text, fix: Text) -> LintPage {
    LintPage { on_dates: true, ..page(id, Level::Error, title, NOTHING_PASSES, fix) }
}

const fn warning(id: Text, title: Text, why: Text, fix: Text) -> LintPage {
    page(id, Level::Warning, title, why, fix)
}

const NOTHING_PASSES: &str = "The policy refuses every password, so no user can set one.";
const NO_EFFECT: &str = "The policy looks stricter than it is.";

const PAGES: &[LintPage] = &[
    load_error(
        "syntax",
        "invalid TOML",
        "The file cannot be read past the error.",
        "Correct the syntax. The reported column counts characters.",
    ),
    load_error(
        "unreadable",
        "a layer or word list cannot be read",
        "A policy with a missing part would accept passwords that the part refuses.",
        "Correct the path. It is relative to the file that names it.",
    ),
    load_error(
        "loop",
        "a policy extends itself",
        "A cycle of `extends` has no base layer.",
        "Remove one `extends` of the cycle.",
    ),
    load_error(
        "too-large",
        "a value, list or file exceeds its size limit",
        "The limits bound the time that loading and evaluation take.",
        "Shorten or split it.",
    ),
    load_error(
        "unknown-key",
        "unknown key",
        "A misspelt key would silently drop a requirement.",
        "Use the suggested name or remove the key.",
    ),
    load_error(
        "unknown-attribute",
        "attribute that the host does not send",
        "The rule would compare with nothing, and accept passwords that contain the user's data.",
        "Use a name in `attributes.known`, or add the name there if the host sends it.",
    ),
    load_error(
        "unknown-kind",
        "unknown rule kind",
        "A rule of an unknown kind could not be enforced.",
        "Use a built-in kind, or register the custom kind before loading the policy.",
    ),
    load_error(
        "unknown-value",
        "invalid value",
        "A guess at what was meant could be too loose.",
        "Use one of the values that the key accepts.",
    ),
    load_error(
        "out-of-range",
        "number out of range",
        "The rule cannot enforce the value.",
        "Use a number within the range.",
    ),
    load_error(
        "wrong-type",
        "wrong type",
        "A guess at what was meant could be too loose.",
        "Use a value of the expected type.",
    ),
    load_error("missing-key", "missing required key", "The table has no effect without it.", "Add the key."),
    load_error(
        "duplicate-name",
        "two populations with one name",
        "Reports could not tell them apart.",
        "Rename one of them.",
    ),
    load_error(
        "missing-default",
        "last population with a condition",
        "Users whom no condition covers would have no policy.",
        "Add a last population without `when`.",
    ),
    load_error(
        "unreachable",
        "population after one without a condition",
        "A population without a condition applies to everyone.",
        "Move it to the end, or give it a condition.",
    ),
    load_error("conflict", "conflicting keys", "One of them would be ignored.", "Remove one of them."),
    load_error(
        "bad-pattern",
        "invalid regular expression",
        "The expression cannot be compiled.",
        "Correct it. Look-around and backreferences are not supported; use `characters.require` to require classes.",
    ),
    load_error(
        "not-built",
        "a rule cannot be built",
        "Skipping the rule would accept passwords that it refuses.",
        "Fix the other errors of the rule.",
    ),
    load_error(
        "guessable-code",
        "reset code with fewer than 20 bits",
        "The code can be guessed before it expires.",
        "Use at least six digits.",
    ),
    impossible(
        "length-contradiction",
        "contradictory lengths",
        "Lower the minimum length or raise the limit that contradicts it: another `length`, `max_bytes` or `hash_limit_bytes`.",
    ),
    impossible(
        "classes-exceed-length",
        "more characters required than the maximum length permits",
        "Require fewer characters or raise `length.max`.",
    ),
    impossible("nothing-allowed", "no character is allowed", "Widen `allowed` or narrow `forbidden`."),
    impossible(
        "class-excluded",
        "required class without an allowed character",
        "Allow a character of the class or do not require the class.",
    ),
    impossible(
        "too-few-classes-allowed",
        "more classes required than allowed",
        "Lower `min_classes` or allow another class.",
    ),
    impossible(
        "occurrences-contradiction",
        "too few allowed characters for `max_occurrences`",
        "Raise `max_occurrences` or allow more characters.",
    ),
    impossible(
        "run-contradiction",
        "a single allowed character and a short `max_run`",
        "Allow another character or raise `max_run`.",
    ),
    impossible(
        "variety-contradiction",
        "more different characters required than possible",
        "Lower `min_distinct`.",
    ),
    impossible(
        "limits-contradiction",
        "limits that no password meets",
        "Raise the limit, or allow other characters.",
    ),
    impossible(
        "points-contradiction",
        "more points required than the longest password can have",
        "Lower `min_points`, or give more points.",
    ),
    impossible(
        "strength-unreachable",
        "strength out of reach of the maximum length",
        "Raise `length.max` or lower the required strength.",
    ),
    impossible(
        "pattern-contradiction",
        "no permitted password matches a required expression",
        "Make the expression consistent with the lengths and the allowed characters.",
    ),
    impossible("pattern-requires-nothing", "no text matches a required expression", "Correct the expression."),
    impossible(
        "pattern-forbids-everything",
        "every text matches a forbidden expression",
        "An expression that matches the empty string matches every password: use `+` instead of `*`, or anchor it with `^` and `$`.",
    ),
    impossible(
        "nothing-accepted",
        "no password is accepted",
        "Relax a rule. The lengths and characters permit so few passwords that all of them were tried, or the requirements \
         contradict each other.",
    ),
    LintPage {
        on_dates: true,
        ..warning(
            "nothing-found",
            "no accepted password was found",
            "Each rule can be met, but passwords were generated as `kouling generate` does, and the policy refused all of \
             them. Either it accepts nothing, or what it accepts is so rare that users will not find it.",
            "Relax the rule that refused them, or waive the finding if users know which passwords are accepted.",
        )
    },
    warning(
        "nothing-refused",
        "no rule refuses a password",
        "The policy accepts every password of permitted size: it has no rules, or all of them only warn or apply later.",
        "Add a rule, such as `[rules.length]`, or an earlier date.",
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
        "standard-conflict",
        "setting that a standard advises against",
        "The help names the clause. `[lint] standards` chooses the standards, in the policy or in a preset that it extends.",
        "Change the setting, choose the standards that apply, or waive the finding and state the reason.",
    ),
    warning(
        "looser-than-preset",
        "setting looser than in a preset that the policy extends",
        "A reader of `extends` expects at least the requirements of the preset.",
        "Remove the setting, or waive the finding and state the reason.",
    ),
    page(
        "population-never-applies",
        Level::Error,
        "population that no user belongs to",
        "Its condition cannot hold, or an earlier population applies whenever it holds. Its users have another policy than \
         intended.",
        "Correct the condition, or move the population before the one that hides it.",
    ),
    LintPage {
        waivable: false,
        ..warning(
            "waiver-unused",
            "waiver without a finding",
            "The waiver would silence a later finding that was never examined.",
            "Remove the waiver.",
        )
    },
    warning(
        "dates-not-tried",
        "more dates than `lint` tries",
        "The work is bounded: a policy that accepts nothing from a later date on is not found.",
        "Run `lint --now` with a later date.",
    ),
    warning(
        "message-placeholder",
        "placeholder that a message cannot fill",
        "Users see the placeholder itself.",
        "Use the numbers of the rule's violations, or remove the braces.",
    ),
    page(
        "message-language",
        Level::Note,
        "message without a translation",
        "Users of the other language see the English or the built-in message.",
        "Add the message in every language.",
    ),
];
