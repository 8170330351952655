//! LDIF (RFC 2849): entries with their attributes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::source::{Entry, Kind, MAX_ENTRIES, Node, Place, Problem, Settings, Text, line_entry};

/// An entry of a directory.
pub(crate) struct Record {
    pub(crate) dn: String,
    pub(crate) place: Place,
    pub(crate) attributes: Vec<Entry>,
}

impl Record {
    /// Returns the values of an attribute.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let named = self.attributes.iter().filter(|entry| entry.key.eq_ignore_ascii_case(name));
        named.filter_map(|entry| entry.value.text()).collect()
    }

    /// Whether the entry has an object class.
    pub(crate) fn is_a(&self, class: &str) -> bool {
        self.values("objectClass").iter().any(|value| value.eq_ignore_ascii_case(class))
    }

    /// Whether the entry has an attribute whose name starts with `prefix`.
    pub(crate) fn has_prefixed(&self, prefix: &str) -> bool {
        self.attributes.iter().any(|entry| starts_with(&entry.key, prefix))
    }

    /// Returns the attributes whose names start with one of the prefixes, as settings.
    pub(crate) fn settings(&self, prefixes: &[&str]) -> Settings {
        let is_setting = |entry: &&Entry| prefixes.iter().any(|prefix| starts_with(&entry.key, prefix));
        Settings::ignoring_case(self.attributes.iter().filter(is_setting).cloned().collect())
    }

    /// Returns the first value of the name of the entry: `staff` of `cn=staff,ou=policies`.
    pub(crate) fn name(&self) -> &str {
        first_value(&self.dn)
    }
}

/// Returns the value of the first part of a distinguished name.
pub(crate) fn first_value(dn: &str) -> &str {
    let first = dn.split(',').next().unwrap_or_default();
    first.split_once('=').map_or(first, |(_, value)| value).trim()
}

/// Whether a name starts with a prefix, ignoring case.
fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Reads the entries of a file. `changetype: modify` is not supported.
pub(crate) fn read(text: &Text) -> Result<Vec<Record>, Problem> {
    let mut records: Vec<Record> = Vec::new();
    let mut is_open = false;
    let mut count = 0;
    for (number, line) in unfolded(text) {
        let line = line.as_str();
        if line.is_empty() {
            is_open = false;
            continue;
        }
        if line.starts_with('#') || (!is_open && line.starts_with("version:")) {
            continue;
        }
        let place = text.place(number, 1);
        count += 1;
        if count > MAX_ENTRIES {
            return Err(Problem::new(&place, "too many lines"));
        }
        let Some((name, rest)) = line.split_once(':') else {
            return Err(Problem::new(&place, "invalid line; expected `attribute: value`"));
        };
        let mut entry = line_entry(text, number, line, name, rest.trim_start());
        if let Some(encoded) = rest.strip_prefix(':') {
            entry = line_entry(text, number, line, name, encoded.trim());
            let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            match decoded {
                Some(decoded) => entry.value.kind = Kind::Scalar { text: decoded, quoted: false },
                // Binary values, such as a security identifier, are no settings.
                None => entry.value = Node { kind: Kind::Null, ..entry.value },
            }
        } else if rest.starts_with('<') {
            return Err(Problem::new(
                &entry.value.place,
                "unsupported reference to a file; expected the value itself",
            ));
        }
        // Options such as `;binary` do not change the meaning of a name.
        entry.key = name.split(';').next().unwrap_or_default().to_owned();
        if entry.key.eq_ignore_ascii_case("dn") {
            let dn = entry.value.text().unwrap_or_default().to_owned();
            records.push(Record { dn, place: entry.place, attributes: Vec::new() });
            is_open = true;
        } else if is_open && let Some(record) = records.last_mut() {
            if entry.key.eq_ignore_ascii_case("changetype") && entry.value.text() != Some("add") {
                return Err(Problem::new(
                    &entry.value.place,
                    "unsupported change; expected entries, as `ldapsearch` or `slapcat` writes them",
                ));
            }
            record.attributes.push(entry);
        } else if !starts_with(line, "search:") && !starts_with(line, "result:") {
            return Err(Problem::new(&place, "attribute without an entry; expected `dn: …`"));
        } else {
            // The last lines of the output of `ldapsearch`.
            break;
        }
    }
    Ok(records)
}

/// Joins lines that continue with a space. Returns each with the number of its first line.
fn unfolded(text: &Text) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines() {
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(rest), Some((_, last))) if !last.is_empty() => last.push_str(rest),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}
