//! A JSON reader that keeps the place of every value.

use super::source::{Entry, Kind, MAX_DEPTH, MAX_ENTRIES, Node, Problem, Text};

/// Reads a JSON document.
pub(crate) fn read(text: &Text) -> Result<Node, Problem> {
    let mut reader = Reader { text, rest: text.text.as_str(), line: 1, column: 1, count: 0 };
    let node = reader.value(0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.error("unexpected text after the JSON document")),
    }
}

struct Reader<'t> {
    text: &'t Text,
    rest: &'t str,
    line: usize,
    column: usize,
    count: usize,
}

impl Reader<'_> {
    fn error(&self, message: &str) -> Problem {
        Problem::new(&self.text.place(self.line, self.column), message)
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

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.next();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node, Problem> {
        self.skip_space();
        let place = self.text.place(self.line, self.column);
        self.count += 1;
        if depth > MAX_DEPTH {
            return Err(self.error("too many nested values"));
        }
        if self.count > MAX_ENTRIES {
            return Err(self.error("too many values"));
        }
        let kind = match self.peek() {
            Some('{') => Kind::Object(self.object(depth)?),
            Some('[') => Kind::List(self.list(depth)?),
            Some('"') => Kind::Scalar { text: self.string()?, quoted: true },
            Some(c) if c.is_ascii_alphanumeric() || c == '-' => self.word()?,
            Some(_) => return Err(self.error("unexpected character; expected a JSON value")),
            None => return Err(self.error("unexpected end of file; expected a JSON value")),
        };
        Ok(Node { kind, place })
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<Kind, Problem> {
        let place = self.text.place(self.line, self.column);
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c)) {
            text.push(c);
            self.next();
        }
        let is_number = !text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.parse::<f64>().is_ok();
        match text.as_str() {
            "null" => Ok(Kind::Null),
            "true" | "false" => Ok(Kind::Scalar { text, quoted: false }),
            _ if is_number => Ok(Kind::Scalar { text, quoted: false }),
            _ => Err(Problem::new(&place, "invalid JSON value; expected a number, `true`, `false` or `null`")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Entry>, Problem> {
        let mut entries = Vec::new();
        self.next();
        self.skip_space();
        if self.take('}') {
            return Ok(entries);
        }
        loop {
            self.skip_space();
            let place = self.text.place(self.line, self.column);
            if self.peek() != Some('"') {
                return Err(self.error("expected a key in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(':') {
                return Err(self.error("expected `:`"));
            }
            let value = self.value(depth + 1)?;
            let shown = format!("\"{key}\": {}", value.written());
            entries.push(Entry { key, place, value, shown });
            self.skip_space();
            if self.take('}') {
                return Ok(entries);
            }
            if !self.take(',') {
                return Err(self.error("expected `,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Problem> {
        let mut items = Vec::new();
        self.next();
        self.skip_space();
        if self.take(']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take(']') {
                return Ok(items);
            }
            if !self.take(',') {
                return Err(self.error("expected `,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Problem> {
        self.next();
        let mut text = String::new();
        loop {
            let place = self.text.place(self.line, self.column);
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => match self.escape() {
                    Some(c) => text.push(c),
                    None => return Err(Problem::new(&place, "invalid escape sequence")),
                },
                Some(c) if c < ' ' => {
                    return Err(Problem::new(&place, "unexpected control character in a string"));
                }
                Some(c) => text.push(c),
                None => return Err(Problem::new(&place, "unexpected end of file; expected `\"`")),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            c @ ('"' | '\\' | '/') => c,
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                if (0xD800..0xDC00).contains(&first) {
                    if !(self.take('\\') && self.take('u')) {
                        return None;
                    }
                    let units = [first, self.unit()?];
                    return char::decode_utf16(units).next()?.ok();
                }
                char::from_u32(u32::from(first))?
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        (0..4).for_each(|_| _ = self.next());
        Some(unit)
    }
}
