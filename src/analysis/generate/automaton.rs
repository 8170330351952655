//! Counts and indexes the strings of a shape. The shape is compiled to an automaton over its alphabet. The accepted strings
//! of each length are counted by dynamic programming, and a string is found by its index.
//!
//! Characters that no requirement distinguishes form one *cell*, which keeps the automaton small. A state consists of the
//! number of characters of each class, the cell and the run of the last character, and the state of each regular
//! expression.

use std::collections::HashMap;

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use zeroize::Zeroizing;

use super::natural::Natural;

/// The maximum number of states.
const MAX_STATES: usize = 20_000;
/// The maximum number of stored counts.
const MAX_COUNTS: usize = 1_000_000;
/// The maximum size of the automaton of an expression, in bytes.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;

/// A regular expression that a password must match, or must not match, as an automaton.
pub(super) struct Expression {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
    must: bool,
}

/// Additional states of an expression: it has matched, or can no longer match.
const MATCHED: u32 = u32::MAX;
const NEVER: u32 = u32::MAX - 1;

impl Expression {
    /// Returns `None` if the automaton is too large or cannot be built. Only the policy then checks the expression.
    pub(super) fn new(pattern: &str, must: bool) -> Option<Expression> {
        let config = dense::Config::new()
            .start_kind(StartKind::Unanchored)
            .unicode_word_boundary(true)
            .dfa_size_limit(Some(MAX_EXPRESSION_BYTES))
            .determinize_size_limit(Some(4 * MAX_EXPRESSION_BYTES));
        let dfa = dense::Builder::new()
            .configure(config)
            .thompson(thompson::Config::new().nfa_size_limit(Some(MAX_EXPRESSION_BYTES)))
            .build(pattern)
            .ok()?;
        let start = dfa.start_state(&start::Config::new().anchored(Anchored::No)).ok()?;
        Some(Expression { dfa, start, must })
    }

    /// Returns the equivalence class of a character with respect to the expression.
    fn route(&self, character: char) -> Vec<u8> {
        let classes = self.dfa.byte_classes();
        character.encode_utf8(&mut [0; 4]).bytes().map(|byte| classes.get(byte)).collect()
    }

    fn begin(&self) -> u32 {
        if self.dfa.is_match_state(self.start) { MATCHED } else { self.start.as_u32() }
    }

    fn step(&self, state: u32, character: char) -> u32 {
        if state >= NEVER {
            return state;
        }
        let mut at = StateID::new_unchecked(state as usize);
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            at = self.dfa.next_state(at, byte);
            if self.dfa.is_match_state(at) {
                return MATCHED;
            }
            if self.dfa.is_dead_state(at) || self.dfa.is_quit_state(at) {
                return NEVER;
            }
        }
        at.as_u32()
    }

    /// Returns whether an accepting state can still be reached.
    fn can_accept(&self, state: u32) -> bool {
        if self.must { state != NEVER } else { state != MATCHED }
    }

    fn accepts(&self, state: u32) -> bool {
        let matched = match state {
            MATCHED => true,
            NEVER => false,
            state => self.dfa.is_match_state(self.dfa.next_eoi_state(StateID::new_unchecked(state as usize))),
        };
        matched == self.must
    }
}

/// The alphabet and the requirements of the strings.
pub(super) struct Demands {
    /// The alphabet: each character with the index of its class.
    pub(super) alphabet: Vec<(char, usize)>,
    /// The minimum number of characters of each class.
    pub(super) required: Vec<u32>,
    /// The maximum number of characters of each class.
    pub(super) permitted: Vec<Option<u32>>,
    /// The minimum number of different classes.
    pub(super) min_classes: u32,
    /// The maximum run of one character.
    pub(super) max_run: Option<u32>,
    /// Whether characters must not repeat.
    pub(super) distinct: bool,
    /// The regular expressions.
    pub(super) expressions: Vec<Expression>,
}

struct Cell {
    characters: Vec<char>,
    class: usize,
}

/// The characters of a cell that a transition accepts.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Any,
    Last,
    NotLast,
    Unused,
}

struct Transition {
    to: usize,
    cell: usize,
    choice: Choice,
    characters: u32,
}

/// The strings that meet the requirements.
pub(super) struct Automaton {
    cells: Vec<Cell>,
    transitions: Vec<Vec<Transition>>,
    accepting: Vec<bool>,
    /// For each number of remaining characters and each state, the number of accepted continuations.
    counts: Vec<Vec<Natural>>,
}

impl Automaton {
    /// Returns `None` if there would be too many states.
    pub(super) fn new(demands: &Demands, longest: usize) -> Option<Automaton> {
        let cells = cells(demands);
        let building = Building { demands, cells: &cells, longest: longest as u32 };
        let mut automaton =
            Automaton { transitions: Vec::new(), accepting: Vec::new(), counts: Vec::new(), cells: Vec::new() };
        let mut numbers: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut states = vec![building.begin()];
        numbers.insert(building.begin(), 0);
        while let Some(state) = states.get(automaton.transitions.len()).cloned() {
            let mut transitions = Vec::new();
            for (to, cell, choice, characters) in building.steps(&state) {
                let to = *numbers.entry(to).or_insert_with_key(|to| {
                    states.push(to.clone());
                    states.len() - 1
                });
                transitions.push(Transition { to, cell, choice, characters });
            }
            automaton.accepting.push(building.accepts(&state));
            automaton.transitions.push(transitions);
            if states.len() > MAX_STATES {
                return None;
            }
        }
        automaton.cells = cells;
        Some(automaton)
    }

    /// Returns the number of strings of `length`; `None` if too many counts would be needed.
    pub(super) fn count(&mut self, length: usize) -> Option<&Natural> {
        if (length + 1) * self.transitions.len() > MAX_COUNTS {
            return None;
        }
        while self.counts.len() <= length {
            let counts = match self.counts.last() {
                None => self.accepting.iter().map(|accepts| Natural::new(u64::from(*accepts))).collect(),
                Some(last) => self.transitions.iter().map(|transitions| sum(transitions, last)).collect(),
            };
            self.counts.push(counts);
        }
        self.counted(length)
    }

    /// Returns the number of strings of `length` if [`Automaton::count`] has computed it.
    pub(super) fn counted(&self, length: usize) -> Option<&Natural> {
        self.counts.get(length)?.first()
    }

    /// Returns the string of `length` with the index `number`, which must be below the computed count.
    pub(super) fn string(&self, length: usize, mut number: Natural) -> Zeroizing<String> {
        // Allocate once: reallocating would leave a copy that is not zeroized.
        let mut text = Zeroizing::new(String::with_capacity(4 * length));
        let mut state = 0;
        for left in (0..length).rev() {
            let Some(counts) = self.counts.get(left) else { break };
            let mut found = None;
            'search: for transition in &self.transitions[state] {
                let each = &counts[transition.to];
                if each.is_zero() {
                    continue;
                }
                for place in 0..transition.characters {
                    if number < *each {
                        found = Some((transition, place));
                        break 'search;
                    }
                    number.subtract(each);
                }
            }
            let Some((transition, place)) = found else { break };
            let cell = &self.cells[transition.cell].characters;
            let last = text.chars().next_back();
            let character = match transition.choice {
                Choice::Any => cell.get(place as usize).copied(),
                Choice::Last => last,
                Choice::NotLast => cell.iter().copied().filter(|c| Some(*c) != last).nth(place as usize),
                Choice::Unused => cell.iter().copied().filter(|c| !text.contains(*c)).nth(place as usize),
            };
            text.extend(character);
            state = transition.to;
        }
        text
    }
}

fn sum(transitions: &[Transition], counts: &[Natural]) -> Natural {
    let mut sum = Natural::default();
    for transition in transitions {
        sum.add_times(&counts[transition.to], transition.characters);
    }
    sum
}

/// Partitions the alphabet into cells, in its order.
fn cells(demands: &Demands) -> Vec<Cell> {
    let mut places: HashMap<(usize, Vec<Vec<u8>>), usize> = HashMap::new();
    let mut cells: Vec<Cell> = Vec::new();
    for (character, class) in &demands.alphabet {
        let routes = demands.expressions.iter().map(|expression| expression.route(*character)).collect();
        let place = *places.entry((*class, routes)).or_insert(cells.len());
        match cells.get_mut(place) {
            Some(cell) => cell.characters.push(*character),
            None => cells.push(Cell { characters: vec![*character], class: *class }),
        }
    }
    cells
}

/// Builds the states. A state is a list of numbers: the count of each class, as far as it matters; for distinct characters
/// the used characters of each cell, otherwise the last cell (from 1) and the run; then the state of each expression.
struct Building<'d> {
    demands: &'d Demands,
    cells: &'d [Cell],
    longest: u32,
}

type Step = (Vec<u32>, usize, Choice, u32);

impl Building<'_> {
    /// Returns the number of entries before those of the expressions.
    fn before_expressions(&self) -> usize {
        self.demands.required.len() + if self.demands.distinct { self.cells.len() } else { 2 }
    }

    fn begin(&self) -> Vec<u32> {
        let mut state = vec![0; self.before_expressions()];
        state.extend(self.demands.expressions.iter().map(Expression::begin));
        state
    }

    fn steps(&self, state: &[u32]) -> Vec<Step> {
        let mut steps = Vec::new();
        let classes = self.demands.required.len();
        for (place, cell) in self.cells.iter().enumerate() {
            let mut to = state.to_vec();
            if let (Some(count), Some(required)) = (to.get_mut(cell.class), self.demands.required.get(cell.class))
            {
                let permitted = self.demands.permitted.get(cell.class).copied().flatten();
                if permitted.is_some_and(|most| *count >= most) {
                    continue;
                }
                // Count to at least one if the number of classes matters.
                let counted = (*required).max(u32::from(self.demands.min_classes > 1)).max(permitted.unwrap_or(0));
                *count = (*count + 1).min(counted);
            }
            let expressions = self.demands.expressions.iter().zip(&mut to[self.before_expressions()..]);
            let mut possible = true;
            for (expression, at) in expressions {
                *at = expression.step(*at, cell.characters[0]);
                possible &= expression.can_accept(*at);
            }
            if !possible {
                continue;
            }
            let size = cell.characters.len() as u32;
            if self.demands.distinct {
                let used = state[classes + place];
                to[classes + place] += 1;
                if used < size && used < self.longest {
                    steps.push((to, place, Choice::Unused, size - used));
                }
                continue;
            }
            let Some(max_run) = self.demands.max_run else {
                steps.push((to, place, Choice::Any, size));
                continue;
            };
            let number = place as u32 + 1;
            let again = state[classes] == number;
            if again && state[classes + 1] < max_run {
                let mut to = to.clone();
                to[classes + 1] += 1;
                steps.push((to, place, Choice::Last, 1));
            }
            let (choice, size) = if again { (Choice::NotLast, size - 1) } else { (Choice::Any, size) };
            (to[classes], to[classes + 1]) = (number, 1);
            if size > 0 {
                steps.push((to, place, choice, size));
            }
        }
        steps
    }

    fn accepts(&self, state: &[u32]) -> bool {
        let classes = &state[..self.demands.required.len()];
        let present = classes.iter().filter(|count| **count > 0).count() as u32;
        (self.demands.min_classes < 2 || present >= self.demands.min_classes)
            && classes.iter().zip(&self.demands.required).all(|(count, required)| count >= required)
            && self
                .demands
                .expressions
                .iter()
                .zip(&state[self.before_expressions()..])
                .all(|(expression, at)| expression.accepts(*at))
    }
}
