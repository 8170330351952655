//! Writes `include/kouling.hpp` from its template, `bindings/cpp/kouling.hpp.in`. A line of the template may be:
//!
//! | line | becomes |
//! |---|---|
//! | `//@type kouling_x` | the comment of a struct or an enum |
//! | `//@field kouling_x.field` | the comment of a field |
//! | `//@doc kouling_x` | the comment of a function, before a method that the template writes |
//! | `//@enum kouling_x name` | an `enum class` of this name |
//! | `//@methods noun` | the declarations of all functions `kouling_<noun>_…` that the template does not name |
//! | `//@definitions` | the definitions of all methods that were declared this way |

use std::fmt::Write as _;

use crate::declarations::{Declarations, Function, Parameter};

/// Reference-counted handles, and handles with one owner.
const HANDLES: [&str; 21] = [
    "approved",
    "candidate",
    "code_keys",
    "contract",
    "decision",
    "effects",
    "facts",
    "findings",
    "loader",
    "outcome",
    "policy",
    "policy_file",
    "policy_set",
    "record",
    "redemption",
    "report",
    "sending",
    "sink",
    "step",
    "table",
    "words",
];

/// The names of enums in C++, where they differ.
const ENUMS: [(&str, &str); 2] = [("kouling_step_type", "step_kind"), ("kouling_record_status", "record_state")];

pub(crate) fn header(template: &str, declarations: &Declarations) -> String {
    let mut text = String::new();
    let mut definitions = String::new();
    for line in template.lines() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let Some((directive, name)) =
            code.strip_prefix("//@").map(|rest| rest.split_once(' ').unwrap_or((rest, "")))
        else {
            text += &format!("{line}\n");
            continue;
        };
        match directive {
            "type" => text += &comment(indent, &sentences(type_doc(declarations, name))),
            "field" => text += &comment(indent, &sentences(field_doc(declarations, name))),
            "doc" => text += &method_doc(indent, declarations.function(name)),
            "enum" => text += &enumeration(declarations, name),
            "methods" => {
                for function in methods(template, declarations, name) {
                    let (declaration, definition) = method(name, function);
                    text += &method_doc(indent, function);
                    text += &format!("{indent}{declaration}\n");
                    definitions += &definition;
                }
            }
            "definitions" => text += &definitions,
            other => panic!("unknown directive `//@{other}`"),
        }
    }
    text
}

fn type_doc<'d>(declarations: &'d Declarations, name: &str) -> &'d str {
    let structs = declarations.structs.iter().map(|of| (&of.name, &of.doc));
    let mut all = structs.chain(declarations.enums.iter().map(|of| (&of.name, &of.doc)));
    let found = all.find(|(known, doc)| *known == name && !doc.is_empty());
    found.unwrap_or_else(|| panic!("no type {name}")).1
}

fn field_doc<'d>(declarations: &'d Declarations, name: &str) -> &'d str {
    let (of, field) = name.split_once('.').expect("a struct and a field");
    let fields = declarations.structs.iter().filter(|known| known.name == of).flat_map(|known| &known.fields);
    &fields.into_iter().find(|known| known.name == field).unwrap_or_else(|| panic!("no field {name}")).doc
}

/// The sentences that hold in C++ too: not those about pointers, outputs and ownership.
fn sentences(doc: &str) -> String {
    let of_c =
        ["NULL", "`*", "`report`", "KOULING_STATUS_", "the caller owns", "struct_size", "receives the", "sizeof"];
    let doc = doc.replace('\n', " ").replace("; NULL if unknown", "").replace("Required.", "");
    let doc = doc.split_inclusive(". ").filter(|sentence| !of_c.iter().any(|word| sentence.contains(word)));
    doc.collect::<String>().trim().to_owned()
}

/// The comment of a method: what it does, and the statuses that it may fail with.
fn method_doc(indent: &str, function: &Function) -> String {
    let mut doc = sentences(&function.doc);
    let statuses = statuses(&function.doc);
    if !statuses.is_empty() {
        write!(doc, " Fails with `{}`.", statuses.join("`, `")).expect("text");
    }
    comment(indent, doc.trim())
}

/// The statuses that a comment of a function names, as C++ names them.
fn statuses(doc: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in doc.split("KOULING_STATUS_").skip(1) {
        let name: String = part.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
        let name = name.to_lowercase();
        if name != "ok" && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// A comment in lines of at most 118 columns.
fn comment(indent: &str, text: &str) -> String {
    let mut lines = vec![format!("{indent}//")];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 118 => *line += &format!(" {word}"),
            _ => lines.push(format!("{indent}// {word}")),
        }
    }
    lines.join("\n") + "\n"
}

fn enum_name(of: &str) -> String {
    let renamed = ENUMS.iter().find(|(name, _)| *name == of).map(|(_, renamed)| (*renamed).to_owned());
    renamed.unwrap_or_else(|| of.trim_start_matches("kouling_").to_owned())
}

fn enumeration(declarations: &Declarations, name: &str) -> String {
    let of = declarations.enums.iter().find(|of| of.name == name).unwrap_or_else(|| panic!("no enum {name}"));
    let prefix = prefix(&of.values.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>());
    let mut text = comment("", &sentences(&of.doc));
    writeln!(text, "enum class {} : std::uint32_t {{", enum_name(name)).expect("text");
    for (value, doc) in &of.values {
        let short = value[prefix..].to_lowercase();
        text += &comment("  ", &sentences(doc));
        writeln!(text, "  {short} = {value},").expect("text");
    }
    text + "};\n"
}

/// The length of what all names begin with, up to an underscore.
fn prefix(names: &[&str]) -> usize {
    let mut ends = names[0].match_indices('_').map(|(at, _)| at + 1);
    ends.rfind(|at| names.iter().all(|name| name.starts_with(&names[0][..*at]))).unwrap_or(0)
}

/// The functions of a noun that the template does not name.
fn methods<'d>(template: &str, declarations: &'d Declarations, noun: &str) -> Vec<&'d Function> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let named: Vec<&str> = template.split(|c| !is_word(c)).filter(|word| word.starts_with("kouling_")).collect();
    let longer: Vec<String> = HANDLES
        .iter()
        .filter(|handle| handle.starts_with(&format!("{noun}_")))
        .map(|of| format!("kouling_{of}_"))
        .collect();
    let is_method = |function: &&Function| {
        let name = &function.name;
        name.starts_with(&format!("kouling_{noun}_"))
            && !longer.iter().any(|longer| name.starts_with(longer.as_str()))
            && !named.contains(&name.as_str())
    };
    declarations.functions.iter().filter(is_method).collect()
}

/// A parameter in C++, and the argument for C.
fn argument(parameter: &Parameter) -> (String, String) {
    let (of, name) = (parameter.of.as_str(), parameter.name.as_str());
    let of = of.trim_start_matches("const ").trim_start_matches("struct ");
    match of {
        "kouling_text" if name == "password" => {
            (format!("std::string_view {name}"), format!("detail::secret({name})"))
        }
        "kouling_text" => (format!("std::string_view {name}"), format!("detail::in({name})")),
        "int64_t" if name == "now" || name == "password_set" => (format!("moment {name}"), name.to_owned()),
        "uint32_t" | "uint64_t" | "int64_t" | "size_t" => (format!("std::{of} {name}"), name.to_owned()),
        "double" | "bool" => (format!("{of} {name}"), name.to_owned()),
        handle if handle.ends_with(" *") && parameter.of.starts_with("const ") => {
            let class = handle.trim_end_matches(" *").trim_start_matches("kouling_");
            assert!(HANDLES.contains(&class), "write this method in bindings/cpp/kouling.hpp.in: {parameter:?}");
            (format!("const kouling::{class}& {name}"), format!("{name}.get()"))
        }
        family if parameter.of == family && family.starts_with("kouling_") => {
            (format!("kouling::{} {name}", enum_name(family)), format!("static_cast<{family}>({name})"))
        }
        _ => panic!("write this method in bindings/cpp/kouling.hpp.in: {parameter:?}"),
    }
}

/// The declaration and the definition of a method.
fn method(class: &str, function: &Function) -> (String, String) {
    let short = function.name.trim_start_matches(&format!("kouling_{class}_"));
    let short = if short == "new" { "make" } else { short };
    let mut parameters: Vec<&Parameter> = function.parameters.iter().collect();
    let handle = |constant: &str| format!("{constant}struct kouling_{class} *");
    let receiver = parameters.first().map(|first| first.of.clone()).unwrap_or_default();
    let (is_const, is_static) =
        (receiver == handle("const "), receiver != handle("const ") && receiver != handle(""));
    if !is_static {
        parameters.remove(0);
    }
    let is_status = function.result == "kouling_status";
    let has_report = parameters.last().is_some_and(|last| last.of == "struct kouling_report *");
    if is_status && has_report {
        parameters.pop();
    }
    let is_output = |of: &str| of.ends_with("**") || ["struct kouling_text *", "uint32_t *"].contains(&of);
    let output = parameters.last().filter(|last| is_status && is_output(&last.of)).map(|last| last.of.clone());
    if output.is_some() {
        parameters.pop();
    }
    let mapped: Vec<(String, String)> = parameters.into_iter().map(argument).collect();
    let with_defaults: Vec<String> = mapped
        .iter()
        .map(|(cpp, _)| if cpp == "std::string_view language" { format!("{cpp} = \"en\"") } else { cpp.clone() })
        .collect();
    let plain: Vec<&str> = mapped.iter().map(|(cpp, _)| cpp.as_str()).collect();
    let receiver = if is_static { None } else { Some("get()".to_owned()) };
    let arguments: Vec<String> = receiver.into_iter().chain(mapped.iter().map(|(_, c)| c.clone())).collect();
    let call = format!("{}({})", function.name, arguments.join(", "));
    let passed = [vec![function.name.clone()], arguments].concat().join(", ");
    let (result, body) = match (is_status, output.as_deref()) {
        (true, None) if has_report => ("result<void>".to_owned(), format!("detail::call({passed})")),
        (true, None) => ("result<void>".to_owned(), format!("detail::ended({call})")),
        (true, Some(output)) => {
            assert!(has_report, "write this method in bindings/cpp/kouling.hpp.in: {function:?}");
            match output {
                "struct kouling_text *" => {
                    ("result<std::string_view>".to_owned(), format!("detail::call_for_text({passed})"))
                }
                "uint32_t *" => ("result<bool>".to_owned(), format!("detail::call_for_bool({passed})")),
                handle => {
                    let made = handle.trim_start_matches("const ").trim_start_matches("struct kouling_");
                    let made = format!("kouling::{}", made.trim_end_matches(" **"));
                    (format!("result<{made}>"), format!("detail::call_for<{made}>({passed})"))
                }
            }
        }
        (false, _) => match function.result.as_str() {
            "struct kouling_text" => ("std::string_view".to_owned(), format!("detail::out({call})")),
            "int64_t" => ("moment".to_owned(), call),
            "bool" => ("bool".to_owned(), call),
            number if ["uint32_t", "uint64_t", "size_t"].contains(&number) => (format!("std::{number}"), call),
            family if family.starts_with("kouling_") => {
                let name = format!("kouling::{}", enum_name(family));
                (name.clone(), format!("static_cast<{name}>({call})"))
            }
            _ => panic!("write this method in bindings/cpp/kouling.hpp.in: {function:?}"),
        },
    };
    let constant = if is_const { " const" } else { "" };
    let prefix = if is_static { "static " } else { "" };
    let nodiscard = if result == "bool" { "[[nodiscard]] " } else { "" };
    let declaration =
        format!("{nodiscard}{prefix}{result} {short}({}){constant} noexcept;", with_defaults.join(", "));
    let definition = format!(
        "inline {result} {class}::{short}({}){constant} noexcept {{\n  return {body};\n}}\n",
        plain.join(", ")
    );
    (declaration, definition)
}
