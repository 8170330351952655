//! The search for a usable space of passwords.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::chance::{Random, below, least_chance};
use super::natural::Natural;
use super::phrases::Phrases;
use super::strings::{Strings, Variant};
use super::{CannotGenerate, Distribution, MAX_LENGTH, Options, Source, Space};
use crate::candidate::{CannotJudge, Facts};
use crate::evaluation::{Policy, Way};

/// The entropy of passwords in bits, if the caller does not request another and the policy permits it.
const DEFAULT_BITS: f64 = 80.0;
/// The entropy of passphrases in bits: six words of 7,776.
const DEFAULT_PHRASE_BITS: f64 = 77.0;
/// The maximum size of a space of which every text is evaluated.
const SMALL: u64 = 4096;
/// The maximum number of draws until one is accepted, in each round of the search.
const ROUNDS: [u32; 3] = [64, 1024, 16_384];
/// Like [`ROUNDS`], for a search that ends with the first accepted text.
const FIRST_ONLY_ROUNDS: [u32; 3] = [16, 1024, 4096];
/// Like [`MAX_EVALUATED`], for such a search.
const FIRST_ONLY_EVALUATED: u64 = 5_000;
/// The number of characters after which such a search ends: drawing a long text is slow.
const FIRST_ONLY_CHARACTERS: usize = 60_000;
/// The number of evaluations after which no further space is tried.
const MAX_EVALUATED: u64 = 10_000;
/// The number of accepted draws that estimate the share accurately enough.
const ENOUGH: u32 = 8;
/// The error probability of one estimate. The share is estimated up to nine times, after 64 draws, 128 and so on; together
/// they err once in a thousand.
const DOUBT: f64 = 0.001 / 9.0;
/// The maximum excess length of strings without repeated characters. Longer ones need too many states.
const DISTINCT_ROOM: usize = 8;

/// The state of a search.
pub(super) struct Search<'a> {
    pub(super) policy: &'a Policy,
    pub(super) facts: Facts<'a>,
    wanted: Option<f64>,
    /// The number of evaluations after which no further space is tried.
    max_evaluated: u64,
    /// Whether the search ends with the first accepted password.
    first_only: bool,
    /// The number of characters of all evaluated passwords.
    characters: usize,
    /// The accepted password with which it ended.
    pub(super) accepted: Option<Zeroizing<String>>,
    /// The number of passwords that each rule refused first, if the search ends with the first accepted one.
    pub(super) refusals: BTreeMap<String, u64>,
    /// The number of evaluated passwords.
    pub(super) evaluated: u64,
    /// The entropy of the best space with too little, in bits.
    reached: Option<f64>,
}

type SearchResult = (Source, Distribution);

impl<'a> Search<'a> {
    pub(super) fn new(policy: &'a Policy, facts: Facts<'a>, wanted: Option<f64>) -> Search<'a> {
        Search {
            policy,
            facts,
            wanted,
            max_evaluated: MAX_EVALUATED,
            first_only: false,
            characters: 0,
            accepted: None,
            refusals: BTreeMap::new(),
            evaluated: 0,
            reached: None,
        }
    }

    /// Returns a search that gives up early.
    pub(super) fn quick(self) -> Search<'a> {
        Search { max_evaluated: 0, ..self }
    }

    /// Returns a search that ends with the first accepted password.
    pub(super) fn first_only(self) -> Search<'a> {
        Search { first_only: true, max_evaluated: FIRST_ONLY_EVALUATED, ..self }
    }

    pub(super) fn run(
        &mut self,
        options: &Options,
        random: &mut Random<'_>,
    ) -> Result<SearchResult, CannotGenerate> {
        let found = match &options.phrase {
            Some(phrase) => {
                let bits = options.bits.unwrap_or(DEFAULT_PHRASE_BITS);
                let phrases = Phrases::all(phrase, bits).into_iter();
                self.rounds(&mut phrases.map(|phrases| vec![Source::Phrases(phrases)]), random)?
            }
            None => self.strings(options, random)?,
        };
        found.ok_or(match self.reached {
            Some(reached) => CannotGenerate::TooFewBits { reached },
            None => CannotGenerate::NotFound { tries: self.evaluated },
        })
    }

    fn strings(
        &mut self,
        options: &Options,
        random: &mut Random<'_>,
    ) -> Result<Option<SearchResult>, CannotGenerate> {
        let ways = self.policy.ways(self.facts.now);
        if let Some(clash) = contradiction(&ways, options) {
            return Err(clash);
        }
        let reported = reported_bounds(self.policy, &self.facts)?;
        let bits = options.bits.unwrap_or(DEFAULT_BITS) + 0.5;
        // Whoever asks for a password prefers one of ASCII. Otherwise everything gets a few draws before anything gets many.
        let stages: &[&[(bool, bool)]] = match self.first_only {
            true => &[&[(false, false), (true, false), (false, true)]],
            false => &[&[(false, false), (true, false)], &[(false, true)]],
        };
        for stage in stages {
            let each = stage.iter().flat_map(|(distinct, han)| {
                let variant = Variant { distinct: *distinct, han: *han, readable: options.readable };
                ways.iter().map(move |way| (way, variant))
            });
            let mut sources = each.map(|(way, variant)| {
                let range = lengths(way, reported, options);
                let range = if variant.distinct {
                    *range.start()..=(*range.end()).min(range.start() + DISTINCT_ROOM)
                } else {
                    range
                };
                let Some(mut strings) = Strings::new(&way.shape, range, variant) else { return Vec::new() };
                let lengths = strings.lengths(bits);
                let strings = Arc::new(strings);
                lengths.into_iter().map(|length| Source::Strings(strings.clone(), length)).collect()
            });
            if let Some(found) = self.rounds(&mut sources, random)? {
                return Ok(Some(found));
            }
            if self.reached.is_some() || self.max_evaluated == 0 {
                break;
            }
        }
        Ok(None)
    }

    /// Returns whether a search that ends with the first accepted password has drawn enough.
    fn has_drawn_enough(&self) -> bool {
        self.first_only && self.characters > FIRST_ONLY_CHARACTERS
    }

    /// Tries every source in every round.
    fn rounds(
        &mut self,
        sources: &mut dyn Iterator<Item = Vec<Source>>,
        random: &mut Random<'_>,
    ) -> Result<Option<SearchResult>, CannotGenerate> {
        let mut made: Vec<Source> = Vec::new();
        let [first, later @ ..] = if self.first_only { FIRST_ONLY_ROUNDS } else { ROUNDS };
        for source in sources.flatten() {
            if self.has_drawn_enough() {
                return Ok(None);
            }
            match self.measure(&source, first, true, random)? {
                Some(distribution) => return Ok(Some((source, distribution))),
                None => made.push(source),
            }
        }
        for budget in later {
            for place in 0..made.len() {
                if self.evaluated > self.max_evaluated || self.has_drawn_enough() {
                    return Ok(None);
                }
                if let Some(distribution) = self.measure(&made[place], budget, false, random)? {
                    return Ok(Some((made.swap_remove(place), distribution)));
                }
            }
        }
        Ok(None)
    }

    /// Draws from a source until a text is accepted, at most `budget` times, and then until the share is known.
    fn measure(
        &mut self,
        source: &Source,
        budget: u32,
        first: bool,
        random: &mut Random<'_>,
    ) -> Result<Option<Distribution>, CannotGenerate> {
        let Some(space) = source.space() else { return Ok(None) };
        let space_bits = space.size.log2();
        if self.has_too_few(space_bits) {
            return Ok(None);
        }
        let (acceptance, exact) = match space.size.small().filter(|size| *size <= SMALL) {
            // The first round evaluated all of it.
            Some(size) if !first || size == 0 => return Ok(None),
            Some(size) => {
                let mut accepted = 0u32;
                for number in 0..size {
                    accepted += u32::from(self.accepts(&(space.string)(Natural::new(number)))?);
                }
                (f64::from(accepted) / size as f64, true)
            }
            None => (self.share(&space, budget, random)?, false),
        };
        if acceptance == 0.0 {
            return Ok(None);
        }
        let distribution = Distribution { description: space.description, space_bits, acceptance, exact };
        Ok(if self.has_too_few(distribution.entropy_bits()) { None } else { Some(distribution) })
    }

    fn has_too_few(&mut self, bits: f64) -> bool {
        let too_few = self.wanted.is_some_and(|wanted| bits < wanted);
        if too_few && bits > 0.0 {
            self.reached = Some(self.reached.map_or(bits, |reached| reached.max(bits)));
        }
        too_few
    }

    /// Returns a lower bound on the accepted share; zero if none of `budget` draws was accepted.
    fn share(&mut self, space: &Space<'_>, budget: u32, random: &mut Random<'_>) -> Result<f64, CannotGenerate> {
        let (mut tried, mut accepted, mut checkpoint) = (0, 0, ROUNDS[0]);
        loop {
            while tried < checkpoint {
                tried += 1;
                accepted += u32::from(self.accepts(&(space.string)(below(&space.size, random)?))?);
                if accepted == 0 && (tried >= budget || self.has_drawn_enough()) {
                    return Ok(0.0);
                }
                if self.first_only && accepted > 0 {
                    return Ok(least_chance(accepted, tried, DOUBT));
                }
            }
            if accepted >= ENOUGH || checkpoint >= ROUNDS[2] {
                return Ok(least_chance(accepted, tried, DOUBT));
            }
            checkpoint *= 2;
        }
    }

    fn accepts(&mut self, text: &str) -> Result<bool, CannotJudge> {
        self.evaluated += 1;
        self.characters += text.chars().count();
        let outcome = self.policy.evaluate_until_refused(text.as_bytes(), &self.facts)?;
        if self.first_only {
            match outcome.violations().next() {
                Some(refused) => *self.refusals.entry(refused.rule().name().to_owned()).or_default() += 1,
                None => self.accepted = Some(Zeroizing::new(text.to_owned())),
            }
        }
        Ok(outcome.accepted())
    }
}

/// Returns the bounds on the length that the violations of a short password report. They include those of rules that count
/// bytes or graphemes, which have no shape, and the limits in bytes.
fn reported_bounds(policy: &Policy, facts: &Facts<'_>) -> Result<(usize, usize), CannotJudge> {
    let outcome = policy.evaluate(b"x", facts)?;
    let short = outcome.violations().find(|evaluated| evaluated.code() == "length.too_short");
    let reported = |name| short.and_then(|evaluated| evaluated.number(name)).map(|number| number as usize);
    let preparation = policy.preparation();
    let most =
        preparation.hash_limit_bytes.map_or(preparation.max_bytes, |limit| limit.min(preparation.max_bytes));
    Ok((reported("min").unwrap_or(1), reported("max").unwrap_or(most).min(most)))
}

/// Returns the lengths to try. The reported bounds are ignored if they contradict the shape, because an exemption may lift
/// them.
fn lengths(way: &Way, reported: (usize, usize), options: &Options) -> RangeInclusive<usize> {
    let (min, max) = (way.shape.min_length.unwrap_or(1).max(1) as usize, way.shape.max_length);
    let max = max.map_or(MAX_LENGTH, |max| max.min(MAX_LENGTH as u64) as usize);
    let (min, max) = match (min.max(reported.0), max.min(reported.1)) {
        (least, most) if least <= most => (least, most),
        _ => (min, max),
    };
    let wanted = options.length.unwrap_or(min);
    wanted.max(min)..=options.length.unwrap_or(max).min(max)
}

/// Returns an error if every way to satisfy the policy is contradictory: no length is possible, or none has room for the
/// required classes.
fn contradiction(ways: &[Way], options: &Options) -> Option<CannotGenerate> {
    let mut rules = BTreeSet::new();
    let mut first = None;
    for way in ways {
        let shape = &way.shape;
        let (min, max) = (shape.min_length.unwrap_or(0), shape.max_length.unwrap_or(u64::MAX));
        let asked = shape.least_for_classes;
        let wanted = options.length.map(|length| length as u64);
        let (why, by_length, by_classes) = if min > max {
            (format!("at least {min} and at most {max} characters are required"), true, false)
        } else if asked > max {
            (format!("the required classes need {asked} characters, but at most {max} are permitted"), true, true)
        } else if let Some(length) = wanted.filter(|length| *length < min || *length > max) {
            (format!("{length} characters are requested, but {min} to {max} are required"), true, false)
        } else if let Some(length) = wanted.filter(|length| asked > *length) {
            (format!("{length} characters are requested, but the required classes need {asked}"), false, true)
        } else {
            return None;
        };
        for (name, shape) in &way.rules {
            let of_length = shape.min_length == Some(min) || shape.max_length == Some(max);
            if by_length && of_length || by_classes && !shape.characters.is_empty() {
                rules.insert(name.clone());
            }
        }
        first.get_or_insert(why);
    }
    Some(CannotGenerate::Unsatisfiable { rules: rules.into_iter().collect(), why: first? })
}
