//! The strings that have a form, counted and numbered: a form is read as an automaton over its alphabet, the accepted
//! strings of each length are counted by dynamic programming, and any one of them is found by its number.
//!
//! Characters that no demand tells apart lie in one *cell*, so that the automaton is small: it knows how many of each
//! class there were, the cell and the run of the last character, and where each regular expression stands.

use std::collections::HashMap;

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use zeroize::Zeroizing;

use super::natural::Natural;

/// More states are not built.
const MAX_STATES: usize = 20_000;
/// More numbers are not kept.
const MAX_COUNTS: usize = 1_000_000;
/// What the automaton of an expression may take, in bytes.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;

/// A regular expression as an automaton, and whether a password must match it or may not.
pub(super) struct Expression {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
    must: bool,
}

/// What the states say of an expression beside the automaton's own: it has matched, or cannot any more.
const MATCHED: u32 = u32::MAX;
const NEVER: u32 = u32::MAX - 1;

impl Expression {
    /// `None` for one whose automaton is too large or cannot be built; the policy then judges it alone.
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

    /// What of a character the expression can tell from others.
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

    /// Whether a state can still come to an accepted end.
    fn has_hope(&self, state: u32) -> bool {
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

/// What the strings are made of and what is asked of them.
pub(super) struct Demands {
    /// The alphabet; each character with its class.
    pub(super) alphabet: Vec<(char, usize)>,
    /// How many of each class there must be.
    pub(super) required: Vec<u32>,
    /// Of how many classes there must be at least one; every string that is not empty has one.
    pub(super) min_classes: u32,
    /// The longest run of one character.
    pub(super) max_run: Option<u32>,
    /// Whether no character may come twice.
    pub(super) distinct: bool,
    /// Expressions that must match, or may not.
    pub(super) expressions: Vec<Expression>,
}

struct Cell {
    characters: Vec<char>,
    class: usize,
}

/// Which characters of a cell a transition is for.
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

/// The strings that meet demands.
pub(super) struct Automaton {
    cells: Vec<Cell>,
    transitions: Vec<Vec<Transition>>,
    accepting: Vec<bool>,
    /// For each number of characters to come and each state, how many accepted ends there are.
    counts: Vec<Vec<Natural>>,
}

impl Automaton {
    /// `None` when it would have too many states.
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

    /// How many strings of a length there are; `None` when it would take too many numbers to say.
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

    /// The same, if it has been asked before.
    pub(super) fn counted(&self, length: usize) -> Option<&Natural> {
        self.counts.get(length)?.first()
    }

    /// The string of a length with a number below the count, which has been asked for.
    pub(super) fn string(&self, length: usize, mut number: Natural) -> Zeroizing<String> {
        // Room at once, so that no unwiped copy is left behind by growing.
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

/// The characters in cells, in the order of the alphabet.
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

/// A state while it is built is a row of numbers: for each class how many there were, as far as that matters; for
/// distinct characters how many of each cell are used, else the last cell (from one) and the run; then one number for
/// each expression.
struct Building<'d> {
    demands: &'d Demands,
    cells: &'d [Cell],
    longest: u32,
}

type Step = (Vec<u32>, usize, Choice, u32);

impl Building<'_> {
    /// How many numbers stand before those of the expressions.
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
                // One is worth counting where classes are counted.
                *count = (*count + 1).min((*required).max(u32::from(self.demands.min_classes > 1)));
            }
            let expressions = self.demands.expressions.iter().zip(&mut to[self.before_expressions()..]);
            let mut hope = true;
            for (expression, at) in expressions {
                *at = expression.step(*at, cell.characters[0]);
                hope &= expression.has_hope(*at);
            }
            if !hope {
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
