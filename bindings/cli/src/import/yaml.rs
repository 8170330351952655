//! YAML, read from the events of `saphyr-parser`. Aliases are refused, so the size of the result is limited by that of the file.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::source::{Entry, Kind, MAX_DEPTH, MAX_ENTRIES, Node, Place, Problem, Text, shown};

/// An open list or object.
struct Open {
    place: Place,
    items: Vec<Node>,
    is_object: bool,
}

/// Reads the first document of a YAML file.
pub(crate) fn read(text: &Text) -> Result<Node, Problem> {
    let place = |mark: &Marker| text.place(mark.line().max(1), mark.col() + 1);
    let mut open: Vec<Open> = Vec::new();
    for (count, event) in Parser::new_from_str(&text.text).enumerate() {
        let (event, span) = event.map_err(|error| {
            Problem::new(&place(error.marker()), format!("invalid YAML: {}", shown(error.info())))
        })?;
        let start = place(&span.start);
        if count > 2 * MAX_ENTRIES {
            return Err(Problem::new(&start, "too many values"));
        }
        let node = match event {
            Event::Scalar(value, style, _, _) => {
                let is_plain = style == ScalarStyle::Plain;
                let kind = match value.as_ref() {
                    "" | "~" | "null" if is_plain => Kind::Null,
                    value => Kind::Scalar { text: value.to_owned(), quoted: !is_plain },
                };
                Node { kind, place: start }
            }
            Event::Alias(_) => return Err(Problem::new(&start, "unsupported alias; expected the value itself")),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= MAX_DEPTH {
                    return Err(Problem::new(&start, "too many nested values"));
                }
                open.push(Open {
                    place: start,
                    items: Vec::new(),
                    is_object: matches!(event, Event::MappingStart(..)),
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(done) => close(done),
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(open) => open.items.push(node),
            None => return Ok(node),
        }
    }
    Err(Problem::new(&text.place(1, 1), "empty file; expected a YAML document"))
}

/// Makes a value of a complete list, or of a complete object, whose items are keys and values by turns.
fn close(done: Open) -> Node {
    if !done.is_object {
        return Node { kind: Kind::List(done.items), place: done.place };
    }
    let mut entries = Vec::new();
    let mut items = done.items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let name = key.text().unwrap_or_default().to_owned();
        let shown = format!("{name}: {}", value.written());
        entries.push(Entry { key: name, place: key.place, value, shown });
    }
    Node { kind: Kind::Object(entries), place: done.place }
}
