//! What may be meant at a place of a text: the byte that stands there, and what it is the beginning of the spelling of.

use crate::escape::{self, LONGEST_UNIT, NoUnit, Unit, is_introducer};

/// How many times escapes may stand within each other: JSON in a string of JSON, percent-encoded, and so on.
pub const NESTING: usize = 4;

/// Which escapes are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinds {
    /// Those of JSON: a credential may hold what looks like others.
    Json,
    /// Those of JSON, URLs and HTML.
    All,
}

/// A reading of a place, and which ways to read give it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub unit: Unit,
    pub ways: Ways,
}

impl Reading {
    /// A byte that is read in one way only.
    pub fn of(byte: u8) -> Self {
        Self { unit: Unit::byte(byte, 1), ways: ANY_WAY }
    }
}

/// A set of ways to read a text, by bits: as it is, and with escapes of some kinds undone so many times.
pub(crate) type Ways = u16;

const AS_IT_IS: Ways = 1;
const ANY_WAY: Ways = (2 << (2 * NESTING)) - 1;
const ALL_KINDS: Ways = ANY_WAY & !((2 << NESTING) - 1);

fn way(kinds: Kinds, level: usize) -> Ways {
    1 << match kinds {
        Kinds::Json => level,
        Kinds::All => NESTING + level,
    }
}

/// Every reading of a place.
pub(crate) struct Readings {
    all: [Reading; 2 * NESTING + 1],
    count: usize,
    /// Whether what follows the text may add to them.
    pub is_unfinished: bool,
}

impl Readings {
    fn of(byte: u8, ways: Ways) -> Self {
        let reading = Reading { unit: Unit::byte(byte, 1), ways };
        Self { all: [reading; 2 * NESTING + 1], count: 1, is_unfinished: false }
    }

    fn add(&mut self, unit: Unit, ways: Ways) {
        match self.all[..self.count].iter_mut().find(|known| known.unit == unit) {
            Some(known) => known.ways |= ways,
            None => {
                self.all[self.count] = Reading { unit, ways };
                self.count += 1;
            }
        }
    }

    pub fn all(&self) -> &[Reading] {
        &self.all[..self.count]
    }
}

/// Reads texts. Remembers what it has read, so that escapes in escapes cost no more than others.
#[derive(Default)]
pub(crate) struct Speller {
    known: Option<Box<[[Option<Known>; PLACES]; 2 * NESTING]>>,
}

/// Places that are remembered: all that one unit can be of.
const PLACES: usize = LONGEST_UNIT.next_power_of_two();

#[derive(Clone, Copy)]
struct Known {
    at: usize,
    unit: Unit,
}

/// A text, and whether nothing follows.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub bytes: &'a [u8],
    pub is_whole: bool,
}

impl Speller {
    /// The readings of a place that is in the text.
    pub fn readings(&mut self, text: Text<'_>, at: usize) -> Readings {
        let byte = text.bytes[at];
        if !is_introducer(byte) {
            let mut readings = Readings::of(byte, ANY_WAY);
            if byte == b'+' {
                // In forms, a space.
                readings.add(Unit::byte(b' ', 1), ANY_WAY);
            }
            return readings;
        }
        if let Some(readings) = simple(byte, &text.bytes[at + 1..]) {
            return readings;
        }
        let mut readings = Readings::of(byte, AS_IT_IS);
        let is_json = byte == b'\\' && ends_simply(&text.bytes[at..]);
        for level in 1..=NESTING {
            let (json, all) = (way(Kinds::Json, level), way(Kinds::All, level));
            match byte {
                b'\\' if is_json => self.add(&mut readings, Kinds::Json, level, json | all, text, at),
                b'\\' => {
                    self.add(&mut readings, Kinds::Json, level, json, text, at);
                    self.add(&mut readings, Kinds::All, level, all, text, at);
                }
                _ => {
                    readings.add(Unit::byte(byte, 1), json);
                    self.add(&mut readings, Kinds::All, level, all, text, at);
                }
            }
        }
        readings
    }

    fn add(&mut self, readings: &mut Readings, kinds: Kinds, level: usize, ways: Ways, text: Text<'_>, at: usize) {
        match self.read(kinds, level, text, at) {
            Ok(unit) => readings.add(unit, ways),
            Err(NoUnit::Unfinished) => readings.is_unfinished = true,
            Err(NoUnit::Literal) => {}
        }
    }

    /// The character at a place with escapes undone that many times.
    pub fn read(&mut self, kinds: Kinds, level: usize, text: Text<'_>, at: usize) -> Result<Unit, NoUnit> {
        let byte = match text.bytes.get(at) {
            Some(byte) => *byte,
            None if text.is_whole => return Err(NoUnit::Literal),
            None => return Err(NoUnit::Unfinished),
        };
        if level == 0 || !is_introducer(byte) {
            return Ok(Unit::byte(byte, 1));
        }
        let level = level - 1;
        let family = if kinds == Kinds::Json { level } else { NESTING + level };
        if let Some(Some(known)) = self.known.as_ref().map(|known| known[family][at % PLACES])
            && known.at == at
        {
            return Ok(known.unit);
        }
        let below = self.read(kinds, level, text, at)?;
        let may_be_read = |byte| is_introducer(byte) && (kinds == Kinds::All || byte == b'\\');
        if !below.single().is_some_and(may_be_read) {
            return Ok(below);
        }
        let mut next = at;
        let read = escape::read(|| {
            let unit = self.read(kinds, level, text, next)?;
            next += usize::from(unit.length);
            Ok(unit)
        });
        let unit = match read {
            Ok(unit) => unit,
            Err(NoUnit::Literal) => below,
            Err(NoUnit::Unfinished) => return Err(NoUnit::Unfinished),
        };
        let known = self.known.get_or_insert_with(|| Box::new([[None; PLACES]; 2 * NESTING]));
        known[family][at % PLACES] = Some(Known { at, unit });
        Ok(unit)
    }

    /// Forgets what it has read: the places are others now.
    pub fn forget(&mut self) {
        self.known = None;
    }
}

/// The readings of an introducer that show at once, however often escapes are undone; `None` where they do not.
fn simple(introducer: u8, behind: &[u8]) -> Option<Readings> {
    let next = *behind.first()?;
    if introducer == b'\\' && behind.len() >= RUN && behind[..RUN].iter().all(|byte| *byte == b'\\') {
        return Some(backslashes());
    }
    if introducer != b'\\' && behind.len() >= NESTING && behind[..NESTING].iter().all(|byte| *byte == introducer) {
        return Some(Readings::of(introducer, ANY_WAY));
    }
    let code =
        |digits: &[u8]| digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?));
    let (unit, ways) = match (introducer, next) {
        (b'\\', b'"' | b'/' | b'\'') => (Unit::byte(next, 2), ANY_WAY & !AS_IT_IS),
        (b'\\', b'n') => (Unit::byte(b'\n', 2), ANY_WAY & !AS_IT_IS),
        (b'\\', b't') => (Unit::byte(b'\t', 2), ANY_WAY & !AS_IT_IS),
        (b'\\', b'u') => {
            let byte = u8::try_from(code(behind.get(1..5)?)?).ok().filter(u8::is_ascii)?;
            (Unit::byte(byte, 6), ANY_WAY & !AS_IT_IS)
        }
        (b'%', _) if next.is_ascii_hexdigit() => {
            (Unit::byte(u8::try_from(code(behind.get(..2)?)?).ok()?, 3), ALL_KINDS)
        }
        (b'&', _) if next != b'#' && !next.is_ascii_alphabetic() && !is_introducer(next) => {
            return Some(Readings::of(introducer, ANY_WAY));
        }
        (b'%', _) if next != b'u' && !is_introducer(next) => return Some(Readings::of(introducer, ANY_WAY)),
        _ => return None,
    };
    if unit.single().is_some_and(is_introducer) {
        return None;
    }
    let mut readings = Readings::of(introducer, ANY_WAY & !ways);
    readings.add(unit, ways);
    Some(readings)
}

/// So many backslashes in a row are read as one at the most.
const RUN: usize = 1 << NESTING;

/// The readings of the first of many backslashes.
fn backslashes() -> Readings {
    let mut readings = Readings::of(b'\\', AS_IT_IS);
    for level in 1..=NESTING {
        readings.add(Unit::byte(b'\\', 1 << level), way(Kinds::Json, level) | way(Kinds::All, level));
    }
    readings
}

/// Whether behind some backslashes something stands that is no introducer, nor made of others.
fn ends_simply(text: &[u8]) -> bool {
    let end = text.iter().find(|byte| **byte != b'\\');
    end.is_some_and(|byte| !is_introducer(*byte) && !matches!(byte, b'u' | b'x'))
}
