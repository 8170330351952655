//! Writes the generated files.

pub(crate) mod cpp;
pub(crate) mod fuzz;

use std::fs;
use std::path::PathBuf;

/// The header of cbindgen with real enums in C, and a heading before the functions of each source file.
///
/// In C++ such an enum has 32 bits and may hold any number. For C before C23, cbindgen makes it an integer. As an `enum`,
/// compilers warn about comparisons between families, and debuggers show names; the end of the header asserts its size.
pub(crate) fn c_header(header: &str, sources: &[PathBuf]) -> String {
    let mut text = String::new();
    let mut lines = header.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#ifndef __cplusplus" && lines.peek().is_some_and(|next| next.starts_with("#if ")) {
            let typedef = lines.by_ref().nth(1).expect("a typedef");
            text += &format!("{typedef}\n");
            lines.by_ref().find(|line| *line == "#endif // __cplusplus");
        } else {
            text += &format!("{line}\n");
        }
    }
    sources.iter().fold(text, with_heading)
}

/// Puts the first sentence of a source file's documentation before its first function.
fn with_heading(header: String, source: &PathBuf) -> String {
    let text = fs::read_to_string(source).expect("a source file");
    let Some(part) = text.split("extern \"C\" fn ").nth(1) else { return header };
    let name = part.split('(').next().unwrap_or_default();
    let title = text.lines().next().and_then(|line| line.strip_prefix("//! ")).unwrap_or_default();
    let lines: Vec<&str> = header.lines().collect();
    let declares = |line: &&str| line.contains(&format!("{name}(")) && !line.starts_with("//");
    let at = lines.iter().position(declares).unwrap_or_else(|| panic!("{name} is not in the header"));
    let first = lines[..at].iter().rposition(|line| !line.starts_with("//")).map_or(0, |at| at + 1);
    let rule = format!("// ---- {}", title.trim_end_matches('.'));
    let heading = [rule.as_str(), ""];
    let lines: Vec<&str> = lines[..first].iter().chain(&heading).chain(&lines[first..]).copied().collect();
    lines.join("\n") + "\n"
}
