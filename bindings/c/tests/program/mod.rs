//! A driver as a process: builds it, sends commands and reads answers. `driver/protocol.md` describes the protocol.
#![allow(dead_code)] // each test binary uses a part of it

pub(crate) mod build;
pub(crate) mod cases;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

/// A running driver.
pub(crate) struct Program {
    process: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<String>>,
}

/// The exit of a driver.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Program {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stderr = process.stderr.take().expect("a pipe");
        let listener = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stderr.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let stdout = BufReader::new(process.stdout.take().expect("a pipe"));
        Program { stdin: process.stdin.take(), stdout, stderr: Some(listener), process }
    }

    /// Sends a command and reads the answer; `None` if the driver ended.
    pub(crate) fn try_ask(&mut self, command: Record) -> Option<Answer> {
        let mut stdin = self.stdin.as_ref().expect("an open pipe");
        stdin.write_all(&command.bytes()).ok()?;
        let fields = (0..self.size(b'\n')?).map(|_| {
            let mut field = vec![0; self.size(b':')?];
            self.stdout.read_exact(&mut field).ok()?;
            let mut end = [0];
            self.stdout.read_exact(&mut end).ok()?;
            assert_eq!(end, *b"\n", "the end of a field");
            Some(field)
        });
        Some(Answer { fields: fields.collect::<Option<_>>()? })
    }

    /// Sends a command and reads the answer, which must not be `failed`.
    pub(crate) fn ask(&mut self, command: Record) -> Answer {
        let shown = command.to_string();
        let Some(answer) = self.try_ask(command) else {
            panic!("the driver ended at {shown}\n{:?}", self.finish());
        };
        assert!(!answer.fields.is_empty(), "no answer to {shown}");
        assert_ne!(answer.fields[0], b"failed", "{shown}: {}", answer.shown());
        answer
    }

    fn size(&mut self, end: u8) -> Option<usize> {
        let mut digits = Vec::new();
        self.stdout.read_until(end, &mut digits).ok()?;
        (digits.pop() == Some(end)).then(|| text(digits).parse().expect("a number of bytes"))
    }

    /// Closes its input and waits for its exit.
    pub(crate) fn finish(&mut self) -> Ending {
        drop(self.stdin.take());
        let stderr = self.stderr.take().map(|listener| listener.join().expect("its output")).unwrap_or_default();
        Ending { status: self.process.wait().expect("an end"), stderr }
    }

    /// Closes its input and checks that it succeeded without output on stderr.
    pub(crate) fn finish_well(&mut self) {
        let ending = self.finish();
        assert!(ending.status.success() && ending.stderr.is_empty(), "{}\n{}", ending.status, ending.stderr);
    }
}

/// A command that is being built.
#[derive(Default)]
pub(crate) struct Record(Vec<Vec<u8>>);

impl Record {
    pub(crate) fn new(name: &str) -> Record {
        Record::default().with(name)
    }

    pub(crate) fn with(mut self, field: impl AsRef<[u8]>) -> Record {
        self.0.push(field.as_ref().to_vec());
        self
    }

    pub(crate) fn number(self, number: impl ToString) -> Record {
        self.with(number.to_string())
    }

    /// Adds a list: its length, and the fields of each item.
    pub(crate) fn list<T>(
        self,
        items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        each: impl Fn(Record, T) -> Record,
    ) -> Record {
        let items = items.into_iter();
        let record = self.number(items.len());
        items.fold(record, each)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\n", self.0.len()).into_bytes();
        for field in &self.0 {
            bytes.extend(format!("{}:", field.len()).bytes().chain(field.iter().copied()).chain(*b"\n"));
        }
        bytes
    }
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields: Vec<_> = self.0.iter().take(4).map(|field| String::from_utf8_lossy(field)).collect();
        write!(f, "{fields:?}")
    }
}

/// An answer, which is read field by field.
#[derive(Debug)]
pub(crate) struct Answer {
    fields: VecDeque<Vec<u8>>,
}

impl Answer {
    /// Reads the first field, which must be `name`.
    pub(crate) fn of(mut self, name: &str) -> Answer {
        assert_eq!(self.text(), name, "{}", self.shown());
        self
    }

    pub(crate) fn text(&mut self) -> String {
        text(self.fields.pop_front().expect("a field"))
    }

    pub(crate) fn number<N: std::str::FromStr>(&mut self) -> N {
        let digits = self.text();
        digits.parse().unwrap_or_else(|_| panic!("not a number: {digits:?}"))
    }

    pub(crate) fn list<T>(&mut self, mut item: impl FnMut(&mut Answer) -> T) -> Vec<T> {
        (0..self.number()).map(|_| item(self)).collect()
    }

    /// Checks that all fields were read.
    pub(crate) fn end(&self) {
        assert!(self.fields.is_empty(), "unexpected fields: {}", self.shown());
    }

    fn shown(&self) -> String {
        let fields: Vec<_> = self.fields.iter().map(|field| String::from_utf8_lossy(field)).collect();
        format!("{fields:?}")
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}
