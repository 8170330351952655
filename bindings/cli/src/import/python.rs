//! Python literals: what is assigned to a name of a module.

use super::source::{Entry, Kind, MAX_DEPTH, MAX_ENTRIES, Node, Place, Problem, Text};

/// Returns the literal that is assigned to `name` at the start of a line. The last assignment counts. `None` if there is none.
pub(crate) fn assigned(text: &Text, name: &str) -> Result<Option<Node>, Problem> {
    let mut found = None;
    let mut offset = 0;
    for line in text.text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let Some(rest) = line.strip_prefix(name) else { continue };
        // A name can have a type: `NAME: list = …`.
        let before = rest.split('=').next().unwrap_or_default();
        let is_assigned = rest.contains('=')
            && !rest.contains("==")
            && (before.trim().is_empty() || before.trim_start().starts_with(':'));
        if is_assigned && !before.trim_end().ends_with('+') {
            found = Some(start + name.len() + before.len() + 1);
        }
    }
    let Some(start) = found else { return Ok(None) };
    let before = &text.text[..start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let mut reader = Reader { text, rest: &text.text[start..], line, column, count: 0 };
    reader.value(0).map(Some)
}

struct Reader<'t> {
    text: &'t Text,
    rest: &'t str,
    line: usize,
    column: usize,
    count: usize,
}

impl Reader<'_> {
    fn place(&self) -> Place {
        self.text.place(self.line, self.column)
    }

    fn error(&self, message: &str) -> Problem {
        Problem::new(&self.place(), message)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        Some(c)
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.next();
        }
        found
    }

    /// Skips white space, comments and the continuation of a line.
    fn skip_space(&mut self) {
        while let Some(c) = self.peek() {
            match c {
                '#' => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.next();
                    }
                }
                c if c.is_whitespace() || c == '\\' => drop(self.next()),
                _ => return,
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Problem> {
        self.skip_space();
        self.count += 1;
        if depth > MAX_DEPTH || self.count > MAX_ENTRIES {
            return Err(self.error("too many values"));
        }
        let place = self.place();
        let kind = match self.peek() {
            Some('{') => Kind::Object(self.entries(depth, '}')?),
            Some(open @ ('[' | '(')) => {
                self.next();
                Kind::List(self.items(depth, if open == '[' { ']' } else { ')' })?)
            }
            Some('"' | '\'') => self.strings()?,
            Some(c) if c.is_ascii_alphanumeric() || c == '-' || c == '_' => self.word(depth)?,
            Some(_) => return Err(self.error("unexpected character; expected a literal")),
            None => return Err(self.error("unexpected end of file; expected a literal")),
        };
        Ok(Node { kind, place })
    }

    fn items(&mut self, depth: usize, close: char) -> Result<Vec<Node>, Problem> {
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.take(close) {
                return Ok(items);
            }
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if !self.take(',') {
                return if self.take(close) {
                    Ok(items)
                } else {
                    Err(self.error(&format!("expected `,` or `{close}`")))
                };
            }
        }
    }

    fn entries(&mut self, depth: usize, close: char) -> Result<Vec<Entry>, Problem> {
        self.next();
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            if self.take(close) {
                return Ok(entries);
            }
            let key = self.value(depth + 1)?;
            let Some(name) = key.text().map(str::to_owned) else {
                return Err(Problem::new(&key.place, "invalid key; expected text"));
            };
            self.skip_space();
            if !self.take(':') {
                return Err(self.error("expected `:`"));
            }
            let value = self.value(depth + 1)?;
            let shown = format!("\"{name}\": {}", value.written());
            entries.push(Entry { key: name, place: key.place, value, shown });
            self.skip_space();
            if !self.take(',') {
                return if self.take(close) {
                    Ok(entries)
                } else {
                    Err(self.error(&format!("expected `,` or `{close}`")))
                };
            }
        }
    }

    /// A number, `True`, `False`, `None`, or a call of `dict`.
    fn word(&mut self, depth: usize) -> Result<Kind, Problem> {
        let place = self.place();
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || "_.-+".contains(*c)) {
            word.push(c);
            self.next();
        }
        match word.as_str() {
            "None" => Ok(Kind::Null),
            "True" | "False" => Ok(Kind::Scalar { text: word, quoted: false }),
            _ if word.replace('_', "").parse::<f64>().is_ok()
                && !word.starts_with(|c: char| c.is_ascii_alphabetic()) =>
            {
                Ok(Kind::Scalar { text: word.replace('_', ""), quoted: false })
            }
            "dict" if self.peek() == Some('(') => {
                let _ = depth;
                Err(Problem::new(&place, "unsupported call of `dict`; expected `{…}`"))
            }
            _ => Err(Problem::new(
                &place,
                "unsupported expression; expected a literal: text, a number, a list or a dictionary",
            )),
        }
    }

    /// Adjacent strings are one.
    fn strings(&mut self) -> Result<Kind, Problem> {
        let mut text = String::new();
        while let Some('"' | '\'') = self.peek() {
            self.string(&mut text)?;
            self.skip_space();
        }
        Ok(Kind::Scalar { text, quoted: true })
    }

    fn string(&mut self, text: &mut String) -> Result<(), Problem> {
        let place = self.place();
        let Some(quote) = self.next() else { return Ok(()) };
        let triple: String = [quote; 3].iter().collect();
        if self.rest.starts_with(&triple[1..]) {
            return Err(Problem::new(&place, "unsupported string in triple quotes; expected simple quotes"));
        }
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(()),
                Some('\\') => match self.next() {
                    Some(c @ ('\\' | '\'' | '"')) => text.push(c),
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    _ => return Err(self.error("unsupported escape sequence")),
                },
                Some('\n') | None => return Err(Problem::new(&place, "the string has no end")),
                Some(c) => text.push(c),
            }
        }
    }
}
