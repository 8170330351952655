//! The declarations of `include/kouling.h`, read from its text.
#![allow(dead_code)] // each test binary uses a part of it

/// A function of the header.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// The comment, without `//`.
    pub(crate) doc: String,
    /// The type it returns, such as `kouling_status` or `void`.
    pub(crate) result: String,
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter of a function, or a field of a struct.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) doc: String,
    /// The type with its stars at the end, such as `const struct kouling_policy *`.
    pub(crate) of: String,
    pub(crate) name: String,
}

/// An enum of the header.
#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub(crate) doc: String,
    pub(crate) name: String,
    /// Each with its comment. The first one is 0, the next one 1 and so on.
    pub(crate) values: Vec<(String, String)>,
}

/// A struct of the header, or an opaque one, which has no fields.
#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) doc: String,
    pub(crate) name: String,
    pub(crate) fields: Vec<Parameter>,
}

/// What the header declares, in its order.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    pub(crate) functions: Vec<Function>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) structs: Vec<Struct>,
}

impl Declarations {
    /// Reads the text of a header as cbindgen writes it.
    pub(crate) fn read(header: &str) -> Declarations {
        let mut declarations = Declarations::default();
        let mut doc: Vec<&str> = Vec::new();
        let mut lines = header.lines().skip_while(|line| !line.starts_with("#define KOULING_H"));
        while let Some(line) = lines.next() {
            if let Some(comment) = line.strip_prefix("//") {
                doc.push(comment.trim());
                continue;
            }
            let comment = std::mem::take(&mut doc).join("\n");
            if line.starts_with("typedef enum ") || line.starts_with("typedef char ") {
            } else if let Some(name) = line.strip_prefix("enum ") {
                let body = lines.by_ref().take_while(|line| *line != "};").filter(|line| !line.starts_with('#'));
                let values = items(body.filter(|line| line.starts_with("  ") && !line.starts_with("  :")));
                let value = |(place, (doc, item)): (usize, (String, String))| {
                    let (name, number) = item.split_once(" = ").expect("a name and a number");
                    assert_eq!(number.parse(), Ok(place), "{name}: the values of an enum are 0, 1 and so on");
                    (name.to_owned(), doc)
                };
                let values = values.into_iter().enumerate().map(value).collect();
                declarations.enums.push(Enum { doc: comment, name: name.trim().to_owned(), values });
            } else if let Some(rest) = line.strip_prefix("typedef struct ") {
                let name = rest.split([' ', ';']).next().unwrap_or_default().to_owned();
                let fields = match rest.ends_with('{') {
                    true => items(lines.by_ref().take_while(|line| !line.starts_with('}'))),
                    false => Vec::new(),
                };
                let fields = fields.into_iter().map(|(doc, item)| Parameter { doc, ..parameter(&item) }).collect();
                declarations.structs.push(Struct { doc: comment, name, fields });
            } else if line.contains("kouling_") && line.contains('(') && !line.starts_with([' ', '#']) {
                let mut declaration = line.to_owned();
                while !declaration.ends_with([';', '{']) {
                    declaration += " ";
                    declaration += lines.next().expect("the end of a declaration").trim();
                }
                // The helper at the end has a body.
                declarations.functions.extend(function(comment, &declaration));
            }
        }
        declarations
    }

    pub(crate) fn function(&self, name: &str) -> &Function {
        self.functions
            .iter()
            .find(|function| function.name == name)
            .unwrap_or_else(|| panic!("no function {name}"))
    }
}

/// The items of a body in braces, each with its comment; an item may take several lines.
fn items<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<(String, String)> {
    let (mut items, mut doc, mut item) = (Vec::new(), Vec::new(), String::new());
    for line in lines.map(str::trim) {
        if let Some(comment) = line.strip_prefix("//") {
            doc.push(comment.trim());
            continue;
        }
        item += line;
        if let Some(whole) = item.strip_suffix([';', ',']).filter(|whole| is_balanced(whole)) {
            items.push((doc.join("\n"), whole.to_owned()));
            doc.clear();
            item.clear();
        } else {
            item += " ";
        }
    }
    items
}

fn is_balanced(text: &str) -> bool {
    text.matches('(').count() == text.matches(')').count()
}

fn function(doc: String, declaration: &str) -> Option<Function> {
    let (head, rest) = declaration.split_once('(')?;
    let parameters = rest.strip_suffix(");")?;
    let Parameter { of: result, name, .. } = parameter(head);
    let parameters = match parameters.trim() {
        "void" => Vec::new(),
        parameters => parameters.split(',').map(parameter).collect(),
    };
    Some(Function { doc, result, name, parameters })
}

/// A type and a name; of a pointer to a function, the name stands within the type.
fn parameter(text: &str) -> Parameter {
    let text = text.trim();
    if let Some((_, rest)) = text.split_once("(*") {
        let name = rest.split(')').next().unwrap_or_default();
        return Parameter { doc: String::new(), of: "callback".to_owned(), name: name.to_owned() };
    }
    let start = text.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    let of = text[..start].split_whitespace().collect::<Vec<_>>().join(" ");
    Parameter { doc: String::new(), of, name: text[start..].to_owned() }
}
