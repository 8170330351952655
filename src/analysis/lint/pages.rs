//! The pages of the findings: what each one says, why it matters and how to put it right.

use super::Level;

/// What one kind of finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LintPage {
    /// The finding's id.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What is found, in one line.
    pub title: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// How to put it right.
    pub fix: &'static str,
}

/// Every kind of finding: those that keep a policy from loading first.
pub fn lint_pages() -> &'static [LintPage] {
    PAGES
}

/// The page of a finding.
pub fn lint_page(id: &str) -> Option<&'static LintPage> {
    PAGES.iter().find(|page| page.id == id)
}

const fn error(id: &'static str, title: &'static str, why: &'static str, fix: &'static str) -> LintPage {
    LintPage { id, level: Level::Error, title, why, fix }
}

const fn warning(id: &'static str, title: &'static str, why: &'static str, fix: &'static str) -> LintPage {
    LintPage { id, level: Level::Warning, title, why, fix }
}

const NOTHING_PASSES: &str = "No password would be accepted, and nobody could set one.";
const NEVER_ACTS: &str = "A rule that never acts is a rule that somebody believes in.";

const PAGES: &[LintPage] = &[
    error(
        "syntax",
        "the text is not TOML",
        "Nothing after the fault can be trusted.",
        "Correct the line; the column is in characters.",
    ),
    error(
        "unreadable",
        "a layer or a list cannot be read",
        "A policy with a part missing would accept what the part refuses.",
        "Correct the path, which is relative to the file it stands in.",
    ),
    error(
        "loop",
        "a layer extends itself",
        "There is no last layer to begin with.",
        "Take one `extends` out of the circle.",
    ),
    error(
        "too-large",
        "something is larger than its bound",
        "The bounds keep loading and judging fast whatever is written.",
        "Shorten or divide it.",
    ),
    error(
        "unknown-key",
        "a key that nothing reads",
        "A misspelt key is a demand that is not made.",
        "Take the name that is suggested, or drop the key.",
    ),
    error(
        "unknown-kind",
        "a kind of rule that is not known",
        "A rule of an unknown kind would refuse nothing.",
        "Name a built-in kind, or register the host's own before the policy loads.",
    ),
    error(
        "unknown-value",
        "a value that the key does not have",
        "A guess at what was meant could be too loose.",
        "Take one of the values that the key has.",
    ),
    error(
        "out-of-range",
        "a number beyond its range",
        "The rule cannot do what is asked.",
        "Take a number within the range.",
    ),
    error(
        "wrong-type",
        "a value of another type",
        "A guess at what was meant could be too loose.",
        "Write it as the type that is expected.",
    ),
    error("missing-key", "a key that must be there", "Without it the table says nothing.", "Add the key."),
    error("conflict", "two keys that cannot both hold", "One of them would be ignored.", "Drop one of the two."),
    error(
        "bad-pattern",
        "no regular expression",
        "The expression cannot be compiled.",
        "Correct it; there is no look-around and no reference back.",
    ),
    error(
        "not-built",
        "a rule that cannot be built",
        "A rule left out in silence would accept what it refuses.",
        "LintContext at the other findings about it.",
    ),
    error(
        "length-contradiction",
        "nothing is long enough and short enough",
        NOTHING_PASSES,
        "Lower the least length or raise the bound it clashes with: another `length`, `max_bytes` or `hash_limit_bytes`.",
    ),
    error(
        "classes-exceed-length",
        "more characters are required than fit",
        NOTHING_PASSES,
        "Require fewer characters or raise `length.max`.",
    ),
    error("nothing-allowed", "no character is allowed", NOTHING_PASSES, "Widen `allowed` or narrow `forbidden`."),
    error(
        "class-excluded",
        "a required class of which no character is allowed",
        NOTHING_PASSES,
        "Allow a character of the class or do not require it.",
    ),
    error(
        "too-few-classes-allowed",
        "more classes are asked for than are allowed",
        NOTHING_PASSES,
        "Lower `min_classes` or allow a further class.",
    ),
    error(
        "occurrences-contradiction",
        "too few characters, each too seldom",
        NOTHING_PASSES,
        "Raise `max_occurrences` or allow more characters.",
    ),
    error(
        "run-contradiction",
        "one allowed character, and too short a run of it",
        NOTHING_PASSES,
        "Allow a second character.",
    ),
    error(
        "variety-contradiction",
        "more different characters than there can be",
        NOTHING_PASSES,
        "Lower `min_distinct`.",
    ),
    error(
        "strength-unreachable",
        "more guesses than the longest password takes",
        NOTHING_PASSES,
        "Raise `length.max` or lower the strength.",
    ),
    error(
        "pattern-contradiction",
        "a required expression that nothing allowed matches",
        NOTHING_PASSES,
        "Let the expression agree with the lengths and the allowed characters.",
    ),
    error(
        "pattern-requires-nothing",
        "a required expression that nothing matches",
        NOTHING_PASSES,
        "Correct the expression.",
    ),
    error(
        "pattern-forbids-everything",
        "a forbidden expression that everything matches",
        NOTHING_PASSES,
        "An expression that matches the empty text is found everywhere: write `+` for `*`, or hold it with `^` and `$`.",
    ),
    error(
        "nothing-accepted",
        "no password that the rules leave is accepted",
        NOTHING_PASSES,
        "The lengths and characters leave so few passwords that all were tried: loosen a rule.",
    ),
    warning("rule-never-fires", "a rule that never refuses anything", NEVER_ACTS, "Drop it or tighten it."),
    warning(
        "max-never-reached",
        "a greatest length beyond what is read",
        NEVER_ACTS,
        "Lower `max` or raise `max_bytes`.",
    ),
    warning(
        "duplicate-rule",
        "two rules that say the same",
        "Whoever changes one of them will forget the other.",
        "Drop one.",
    ),
    warning(
        "pattern-never-fires",
        "an expression that can change nothing",
        NEVER_ACTS,
        "Correct the expression or drop the rule.",
    ),
    warning(
        "exemption-never-holds",
        "an exemption whose condition nothing meets",
        NEVER_ACTS,
        "Let its length agree with `length.max`.",
    ),
    warning(
        "exemption-always-holds",
        "an exemption whose condition everything meets",
        "The rules it names never act.",
        "Narrow `when`.",
    ),
    warning(
        "exemption-voids-length",
        "an exemption that lets short passwords pass",
        "Length is what makes guessing dear.",
        "Put a length into `when`.",
    ),
    error(
        "guessable-code",
        "a code with fewer than 20 bits",
        "It is guessed before it dies.",
        "Six digits suffice.",
    ),
    warning(
        "code-guessable",
        "a day of guessing finds a code too often",
        "The chance over a day counts, not the single try.",
        "Lower `wrong_codes_per_account` or use a longer code, until the probability is at most 1 in 10,000.",
    ),
    warning(
        "code-no-cooldown",
        "codes may follow each other at once",
        "One request after another floods a mailbox.",
        "Set `cooldown`.",
    ),
    warning(
        "code-flood",
        "a budget that is none",
        "One account gets more messages than anybody reads.",
        "Lower `per_account` or `per_address`.",
    ),
    warning(
        "sending-unthrottled",
        "many codes for one peer without a captcha",
        "A program can ask for codes for everybody.",
        "Require the captcha or lower `per_peer`.",
    ),
    warning(
        "unknown-wire",
        "a code that the contract does not have",
        "Clients get another code than the author wants.",
        "Take a code of the contract.",
    ),
    warning(
        "nist-conflict",
        "a line that NIST SP 800-63B-4 advises against",
        "The clause is in the help; other standards ask for the opposite, and `comply` shows which.",
        "Change the line, or know why it stands.",
    ),
    LintPage {
        id: "message-language",
        level: Level::Note,
        title: "a message that lacks a language",
        why: "Readers of the other language get the English text, or the built-in one.",
        fix: "Write the message in every language.",
    },
];
