//! Writes the declarations of the fuzz target, and a generic action for each function without a specific one.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::declarations::{Declarations, Function};

const HEADER: &str =
    "// This file is generated from include/kouling.h: `KOULING_WRITE=1 cargo test -p kouling-c --test header`.\n";

/// The functions of the header as C sees them: raw pointers, and nothing that a type forbids.
pub(crate) fn declared(declarations: &Declarations) -> String {
    let mut text = format!(
        "//! The functions of `include/kouling.h` as C sees them: raw pointers without the restrictions of Rust types.\n\
         {HEADER}\nuse std::ffi::c_void;\n\n"
    );
    for handle in declarations.structs.iter().filter(|of| of.fields.is_empty()) {
        writeln!(text, "#[repr(C)]\npub struct {} {{\n    _private: [u8; 0],\n}}\n", camel(&handle.name))
            .expect("text");
    }
    for (place, (value, _)) in declarations.enums.iter().flat_map(|of| of.values.iter().enumerate()) {
        writeln!(text, "pub const {value}: u32 = {place};").expect("text");
    }
    text += "\n/// `struct kouling_text`.\n#[repr(C)]\n#[derive(Clone, Copy)]\npub struct Text {\n    pub data: *const u8,\n    \
             pub length: usize,\n}\n\n// A function that no action calls is a mistake.\n#[deny(dead_code)]\nunsafe extern \"C\" {\n";
    for function in &declarations.functions {
        let parameters: Vec<String> = function
            .parameters
            .iter()
            .map(|parameter| format!("{}: {}", parameter.name, rust_type(declarations, &parameter.of)))
            .collect();
        let result = match function.result.as_str() {
            "void" => String::new(),
            result => format!(" -> {}", rust_type(declarations, result)),
        };
        writeln!(text, "    pub fn {}({}){result};", function.name, parameters.join(", ")).expect("text");
    }
    text + "}\n"
}

fn camel(name: &str) -> String {
    let words = name.trim_start_matches("kouling_").split('_');
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn rust_type(declarations: &Declarations, of: &str) -> String {
    if let Some(target) = of.strip_suffix('*').map(str::trim) {
        // `const T *` is a pointer to a constant; `const T **` is one to a pointer that can be written.
        let is_const = target.starts_with("const ") && !target.ends_with('*');
        let target = if is_const { target.trim_start_matches("const ") } else { target };
        return format!("*{} {}", if is_const { "const" } else { "mut" }, rust_type(declarations, target));
    }
    let name = of.trim_start_matches("struct ");
    match name {
        "void" => "c_void".to_owned(),
        "bool" => "bool".to_owned(),
        "double" => "f64".to_owned(),
        "size_t" => "usize".to_owned(),
        "uint32_t" | "uint64_t" | "int64_t" => {
            name.trim_end_matches("_t").replace("uint", "u").replace("int", "i")
        }
        "kouling_text" => "Text".to_owned(),
        _ if declarations.enums.iter().any(|of| of.name == name) => "u32".to_owned(),
        // Structs that callers fill in are passed as bytes.
        _ if declarations.structs.iter().any(|of| of.name == name && !of.fields.is_empty()) => "c_void".to_owned(),
        _ => camel(name),
    }
}

/// Generic actions: a lookup in a handle, for each function that no other file of the target names as a text.
pub(crate) fn lookups(declarations: &Declarations, target: &Path) -> String {
    let files = fs::read_dir(target).expect("the fuzz target").map(|entry| entry.expect("an entry").path());
    let files =
        files.filter(|path| path.file_name().is_some_and(|name| name != "lookups.rs" && name != "declared.rs"));
    let sources: String = files.map(|path| fs::read_to_string(path).expect("a source file")).collect();
    let generic: Vec<&Function> =
        declarations.functions.iter().filter(|f| !sources.contains(&format!("\"{}\"", f.name))).collect();
    let mut text = format!(
        "//! Actions for functions that only look something up in a handle.\n{HEADER}\n\
         use super::args::CallArgs;\nuse super::machine::{{Machine, Run}};\n\n\
         /// Each function with its action.\npub(super) const ACTIONS: &[(&str, Run)] = &[\n"
    );
    for function in &generic {
        writeln!(text, "    (\"{0}\", {0}),", function.name).expect("text");
    }
    text += "];\n";
    for function in generic {
        text += &action(function);
    }
    text
}

/// The handles of the machine, by their type.
fn slots(of: &str) -> Option<&'static str> {
    Some(match of {
        "const struct kouling_report *" => "reports",
        "const struct kouling_policy *" => "policies",
        "const struct kouling_words *" => "words",
        "const struct kouling_outcome *" => "outcomes",
        "const struct kouling_record *" => "records",
        "const struct kouling_step *" => "steps",
        "const struct kouling_sending *" => "sendings",
        "const struct kouling_approved *" => "approved",
        _ => return None,
    })
}

fn action(function: &Function) -> String {
    let name = &function.name;
    let by_hand = format!("write an action for {name} in fuzz/properties/c_api: {function:?}");
    let (first, rest) = function.parameters.split_first().expect(&by_hand);
    let slots = slots(&first.of).expect(&by_hand);
    let arguments: Vec<&str> = rest
        .iter()
        .map(|parameter| match parameter.of.as_str() {
            "size_t" => "g.index()",
            "uint64_t" => "g.number()",
            "kouling_list" => "g.kind()",
            _ => panic!("{by_hand}"),
        })
        .collect();
    let let_arguments: String =
        arguments.iter().enumerate().map(|(at, argument)| format!("    let a{at} = {argument};\n")).collect();
    let passed: String = (0..arguments.len()).map(|at| format!(", a{at}")).collect();
    let call = format!("call!({name}(handle{passed}))");
    let (look, is_empty) = match function.result.as_str() {
        "struct kouling_text" => (format!("m.view(handle.addr(), {call})"), "found.is_empty()"),
        "size_t" | "uint64_t" | "int64_t" | "uint32_t" => (call, "found == 0"),
        "bool" => (call, "!found"),
        _ => panic!("{by_hand}"),
    };
    format!(
        "\nfn {name}(m: &mut Machine, g: &mut CallArgs<'_>) {{\n    let handle = m.{slots}.pointer(m.{slots}.at(g.byte()));\n\
         {let_arguments}    let found = {look};\n    assert!(!handle.is_null() || {is_empty}, \"NULL has nothing\");\n}}\n"
    )
}
