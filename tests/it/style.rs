//! Keeps user-visible text and public documentation in plain technical English: no text contains a word of the list below.
//!
//! Inline code, link targets and identifiers are not text, so a name that must stay does not fail.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A pattern, without regard to case, and what to write instead.
const WORDS: &[(&str, &str)] = &[
    // Metaphors instead of the standard term.
    (r"\b(house|houses)\b", "architecture, or custom"),
    (r"\brooms?\b", "module, submodule, crate"),
    (r"\bborders?\b", "C API, FFI boundary"),
    (r"\blaws?\b", "property, invariant"),
    (r"\barrows\b", "dependency order"),
    (r"\b(dear|dearer|dearest)\b", "expensive, CPU-bound"),
    (r"\bbells?\b", "notification"),
    (r"\bworkshops?\b", "worker pool"),
    (r"\bcouriers?\b", "transport"),
    (r"\b(glance|sweep|swept)\b", "poll, purge"),
    (r"\b(take|takes|took|give|gives|has|have) (the )?leave\b|\bleave to\b", "authorization, approval"),
    (r"\bnotions?\b", "concept"),
    (r"\b(dies|died|dead)\b", "expires, expired, revoked, invalid"),
    (r"\b(kills|killed)\b", "revokes, revoked"),
    (r"\blet go of\b|\blets go of\b", "released, freed"),
    (r"\bworth nothing\b", "invalid"),
    (r"\bslip of the pen\b", "typo"),
    (r"\bbent seeds?\b", "mutated seeds"),
    (r"\bon trial\b", "shadow"),
    (r"\bits? hands?\b|\bwithout hands\b", "sans-I/O, pure"),
    // Anthropomorphism.
    (r"\b(tells|told)\b", "reports, returns, states, sends"),
    (r"\b(judge|judges|judged|judging|judgement|judgements|judgment)\b", "evaluate, evaluation"),
    (r"\bcomplain(s|ed|ts?)?\b", "report an error, add a diagnostic"),
    (r"\bholds? (us|it|them) to it\b", "enforces it"),
    (r"\bfault of\b", "internal error"),
    (r"\bfound out\b", "checked"),
    // Archaic or Germanic syntax.
    (r"\bshall\b", "must, will"),
    (r"\banew\b", "again"),
    (r"\bbeside\b", "next to, besides, in the background"),
    (r"\bturned round\b", "rotated"),
    (r"\bbackwards\b", "reversed, in reverse"),
    (r"\b(so|that) many (rules|of|threads|characters|bytes|times|events)\b", "N, up to, at least, `{max}`"),
    (r"\bby so many\b|\bone, none, or so many\b", "up to, at least"),
    (r"\b(the least|the most) that\b", "minimum, maximum"),
    (r"\b(somebody|anybody|whoever)\b", "the user, the caller, or another role"),
    (r"\bof (one's|the host's|the author's) own\b|\bof (yours|ours)\b", "custom"),
    (r"\ban own\b", "a custom"),
    (r"\bis no [a-z]+|[a-df-z0-9] is none\b", "`invalid X: …; expected …`, or `is not a …`"),
    (r"\bno way to\b", "never"),
    (r"\bstands? (here|there|in|at|on|under|behind|beside|before|after|from)\b", "is listed, is located"),
    (r"\bin words\b", "in plain language"),
    (r"\bby hand\b", "manually"),
    (r"\bnear enough\b|\btoo near\b|\bnearest name\b", "similar, close enough"),
    (r"\bneighbou?r(s|ing)?\b", "adjacent"),
    (r"\bfigures\b", "numbers, metrics"),
    (r"\bcarr(y|ies|ied) out\b", "apply, applied"),
    (r"\blaid over\b|\blays? over\b", "overrides"),
    (r"\bput in, taken out\b|\btaken out\b", "inserted, deleted"),
    (r"\bmade small\b", "minimized"),
    (r"\bon the wire\b|\bover the wire\b", "in the response; protocol code"),
    (r"\bas (said|there|above)\.", "a sentence that stands alone"),
    (r"\btakes? turns\b", "interleaved"),
    (r"\bcomes again and again\b|\bagain and again\b", "repeatedly"),
    (r"(?-i)\b(MOST|LEAST)_[A-Z]+", "MAX_, MIN_"),
    (r"\bat its (end|beginning) (it|he) stands\b", "rephrase"),
];

/// Files and folders that are checked, relative to the repository. Of a folder, files with these extensions.
const PATHS: &[(&str, &[&str])] = &[
    ("README.md", &[]),
    ("README.zh.md", &[]),
    ("CONTRIBUTING.md", &[]),
    ("SECURITY.md", &[]),
    ("CHANGELOG.md", &[]),
    (".github", &["md", "yml"]),
    ("rules/languages/en", &["toml"]),
    ("rules", &["md"]),
    ("include", &["h", "hpp"]),
    ("bindings", &["md"]),
    ("bindings/cli/src", &["rs"]),
    ("bindings/http/src/settings.rs", &[]),
    ("bindings/python/python", &["pyi"]),
    ("fuzz/README.md", &[]),
    ("tests", &["md"]),
    ("src/guide", &["md", "rs"]),
];

/// Folders that hold no text of this project.
const SKIPPED: [&str; 3] = ["target", "node_modules", "build"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn add_files(path: &Path, extensions: &[&str], files: &mut Vec<PathBuf>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.is_dir() && !SKIPPED.contains(&&*name) {
        let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for entry in entries {
            let path = entry.expect("a folder entry").path();
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() || extensions.contains(&&*extension) {
                add_files(&path, extensions, files);
            }
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
}

/// Returns the files to check, without duplicates.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (path, extensions) in PATHS {
        assert!(root().join(path).exists(), "`PATHS` names `{path}`, which does not exist");
        add_files(&root().join(path), extensions, &mut files);
    }
    files.sort();
    files.dedup();
    files
}

/// Correct phrases that a pattern would match.
const ALLOWED: &str = r"(?i)\bthere (is|was) (no|none)\b";

/// Inline code, link targets, tags and placeholders.
const CODE: &str = r"``.*?``|`[^`\n]*`|\]\([^)\n]*\)|<[a-z/][^>\n]*>|\{[a-z_]+(:[^}\n]*)?\}";

/// Comments and string literals of Rust, C, C++ and Python.
const SLASH_COMMENTS: &str = r##"(?s)//[^\n]*|r#".*?"#|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])'"##;
const HASH_COMMENTS: &str = r##"(?s)#[^\n]*|""".*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"##;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}

fn blank(code: &str) -> String {
    code.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// Blanks what is not text, and keeps line breaks: in source files and blocks of code everything outside comments and
/// string literals, in every file inline code, link targets, placeholders and quotations.
fn text_of(path: &Path, content: &str) -> String {
    let text = match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs" | "h" | "hpp") => only_comments_and_strings(content, SLASH_COMMENTS),
        Some("pyi") => only_comments_and_strings(content, HASH_COMMENTS),
        Some("md") => without_code_blocks(content),
        _ => content.to_owned(),
    };
    let text = pattern(CODE).replace_all(&text, " ").into_owned();
    pattern(ALLOWED).replace_all(&text, " ").into_owned()
}

/// Blanks code in fenced blocks other than `text`, and quotations such as licences.
fn without_code_blocks(content: &str) -> String {
    let mut text = String::new();
    let mut comments: Option<&str> = None;
    for line in content.split_inclusive('\n') {
        match (line.trim_start().strip_prefix("```").map(str::trim), comments) {
            (Some(_), Some(_)) => comments = None,
            (Some("text"), None) => comments = Some(""),
            (Some("" | "rust" | "c" | "cpp"), None) => comments = Some(SLASH_COMMENTS),
            (Some(_), None) => comments = Some(HASH_COMMENTS),
            (None, Some("")) => text += line,
            (None, Some(comments)) => text += &only_comments_and_strings(line, comments),
            (None, None) if line.starts_with('>') => text.push('\n'),
            (None, None) => text += line,
        }
        if line.trim_start().starts_with("```") {
            text.push('\n');
        }
    }
    text
}

/// Blanks everything that the pattern of comments and string literals does not match, and strings without a space,
/// which are names.
fn only_comments_and_strings(content: &str, parts: &str) -> String {
    let mut text = String::new();
    let mut end = 0;
    for part in pattern(parts).find_iter(content) {
        let is_name = part.as_str().starts_with(['"', '\'']) && !part.as_str().contains(' ');
        text += &blank(&content[end..part.start()]);
        text += &if is_name { blank(part.as_str()) } else { part.as_str().to_owned() };
        end = part.end();
    }
    text + &blank(&content[end..])
}

/// Returns one line per word that should not be there: file, line, word, and what to write instead.
fn findings(name: &str, text: &str, words: &[(Regex, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (pattern, instead) in words {
            let matches = pattern.find_iter(line);
            found.extend(
                matches.map(|word| format!("{name}:{}: `{}`: write {instead}", number + 1, word.as_str())),
            );
        }
    }
    found
}

fn patterns() -> Vec<(Regex, &'static str)> {
    WORDS.iter().map(|(word, instead)| (pattern(&format!("(?i){word}")), *instead)).collect()
}

#[test]
fn texts_contain_no_word_of_the_list() {
    let (files, words) = (files(), patterns());
    assert!(files.len() > 20, "only {} files were checked", files.len());
    let mut found = Vec::new();
    for file in &files {
        let content = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.strip_prefix(root()).unwrap_or(file).display().to_string();
        found.extend(findings(&name, &text_of(file, &content), &words));
    }
    assert!(found.is_empty(), "{} texts to rewrite:\n{}", found.len(), found.join("\n"));
}

#[test]
fn word_list_finds_words_in_text_and_ignores_code() {
    let words = patterns();
    let count = |file: &str, content: &str| findings(file, &text_of(Path::new(file), content), &words).len();
    assert_eq!(count("a.md", "A user shall be told.\nThe port is no number."), 3);
    assert_eq!(count("a.md", "See [`judge`](tests/judgement/house.md) and `shall`."), 0);
    assert_eq!(count("a.md", "Thousands of marshals decide."), 0);
    assert_eq!(count("a.rs", "fn told(room: Room) {} // dear"), 1);
    assert_eq!(
        count("a.rs", "let border = \"x is no number\"; let quote = '\"'; house(\"told\", \"is told\");"),
        2
    );
    assert_eq!(count("a.md", "```python\nprint(\"x\" in words) # told\n```\nAs told.\n> You shall."), 2);
    assert_eq!(count("a.md", "If there is no rule, or there is none of this kind, the port is no number."), 1);
    assert_eq!(count("a.toml", "too_long = \"must not be so many characters\""), 1);
}

/// The Chinese README has the same structure as the English one: headings by level, code blocks to the letter, and rows of tables.
#[test]
fn chinese_readme_matches_english_structure() {
    let english = structure(include_str!("../../README.md"));
    let chinese = structure(include_str!("../../README.zh.md"));
    for (place, (one, other)) in english.iter().zip(&chinese).enumerate() {
        assert_eq!(one, other, "README.md and README.zh.md differ at element {}", place + 1);
    }
    assert_eq!(english.len(), chinese.len(), "README.md and README.zh.md have different numbers of elements");
}

/// Returns the elements of a page in order: headings as their marks, code blocks whole, table rows as their number of columns, and
/// the targets of links and images.
fn structure(page: &str) -> Vec<String> {
    let link = pattern(r"\]\(([^)]*)\)");
    let mut elements = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines() {
        if let Some(text) = &mut block {
            text.push_str(line);
            text.push('\n');
            if line == "```" {
                elements.extend(block.take());
            }
        } else if line.starts_with("```") {
            block = Some(format!("{line}\n"));
        } else if let Some(heading) = line.strip_prefix('#') {
            let marks = heading.chars().take_while(|mark| *mark == '#').count() + 1;
            elements.push("#".repeat(marks));
        } else if line.starts_with('|') {
            elements.push(format!("row of {} columns", line.matches('|').count() - 1));
        }
        if block.is_none() && !line.starts_with("```") {
            let targets = link.captures_iter(line).map(|found| found[1].to_owned());
            elements.extend(targets.filter(|target| !target.starts_with("README")));
        }
    }
    assert!(block.is_none(), "a code block is not closed");
    elements
}

/// `rust-version` in `Cargo.toml` is the only declaration; pages that repeat it must agree.
#[test]
fn relative_links_lead_to_files() {
    let code = Regex::new("(?s)```.*?```").expect("a regular expression");
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a regular expression");
    let mut pages = Vec::new();
    for folder in [".github", "bindings", "fuzz", "rules", "tests"] {
        add_files(&root().join(folder), &["md"], &mut pages);
    }
    pages.extend(["README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md"].map(|page| root().join(page)));
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for found in link.captures_iter(&code.replace_all(&text, "")) {
            let target = found[1].split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') && !page.with_file_name(target).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn pages_state_minimum_rust_version_of_manifest() {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("Cargo.toml is TOML");
    let declared = manifest["workspace"]["package"]["rust-version"].as_str().expect("a version").to_owned();
    let stated = pattern(r"Rust (1\.\d+)");
    let mut seen = 0;
    for file in files().iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let content = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        // Past versions belong to the changelog.
        let content = content.split("\n## [0").next().unwrap_or_default();
        for version in stated.captures_iter(content) {
            seen += 1;
            assert_eq!(version[1], declared, "{}: `{}`", file.display(), &version[0]);
        }
    }
    assert!(seen >= 4, "only {seen} pages state the minimum Rust version");
}
