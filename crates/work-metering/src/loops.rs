//! Where a function goes round a loop without counting.

use std::collections::BTreeMap;

use crate::counters::Counters;
use crate::operator::Operator;

/// What has to be known of the loops of a function.
#[derive(Debug, Default)]
pub(crate) struct Loops {
    /// Weights of the loops, in the order in which they begin, without those of loops within them.
    loops: Vec<u32>,
    /// The weight of what is in no loop.
    pub(crate) outside: u32,
    /// Whether anything counts at all.
    pub(crate) counts: bool,
}

impl Loops {
    pub(crate) fn of(operators: &[Operator], counters: &Counters) -> Self {
        let mut found = Self::default();
        let mut open: Vec<Option<usize>> = Vec::new();
        for operator in operators {
            match operator {
                Operator::Block | Operator::If => open.push(None),
                Operator::Loop => {
                    open.push(Some(found.loops.len()));
                    found.loops.push(0);
                }
                Operator::End => drop(open.pop()),
                _ => found.counts |= counters.count_in(operator),
            }
            match open.iter().rev().find_map(|frame| *frame) {
                Some(index) => found.loops[index] += operator.weight(),
                None => found.outside += operator.weight(),
            }
        }
        found
    }

    /// The branches before which there has to be a count, so that no way round any loop is without: the places of the
    /// operators, with the weights of what they repeat.
    pub(crate) fn uncounted(&self, operators: &[Operator], counters: &Counters) -> BTreeMap<usize, u32> {
        let mut uncounted = BTreeMap::new();
        let mut walk = Walk::default();
        for (place, operator) in operators.iter().enumerate() {
            if let Some(index) = walk.pass(operator, counters) {
                uncounted.insert(place, self.loops[index]);
            }
        }
        uncounted
    }
}

/// How many of the open loops, from the outermost on, have counted since they last began. `None`: not reached.
type State = Option<usize>;

/// A block, with what is known where it ends.
struct Frame {
    /// The loop that it is: its number, and its place among the open ones.
    is_loop: Option<(usize, usize)>,
    /// Open loops around it.
    depth: usize,
    /// Where an `if` begins, for its `else`.
    start: State,
    is_if: bool,
    end: State,
}

/// Follows the ways through a function.
struct Walk {
    loops: usize,
    depth: usize,
    state: State,
    open: Vec<Frame>,
}

impl Default for Walk {
    fn default() -> Self {
        let function = Frame { is_loop: None, depth: 0, start: Some(0), is_if: false, end: None };
        Self { loops: 0, depth: 0, state: Some(0), open: vec![function] }
    }
}

impl Walk {
    /// Goes on to the next operator. Where that begins a loop anew that has not counted, it says which, and takes it
    /// for counted just before.
    fn pass(&mut self, operator: &Operator, counters: &Counters) -> Option<usize> {
        match operator {
            Operator::Block => self.begin(None, false),
            Operator::If => self.begin(None, true),
            Operator::Loop => {
                self.begin(Some((self.loops, self.depth)), false);
                self.loops += 1;
                self.depth += 1;
            }
            Operator::Else => {
                if let Some(frame) = self.open.last_mut() {
                    frame.end = merged(frame.end, self.state, frame.depth);
                    frame.is_if = false;
                    self.state = frame.start;
                }
            }
            Operator::End => {
                let frame = self.open.pop()?;
                self.depth = frame.depth;
                let passed = if frame.is_if { frame.start } else { None };
                self.state = merged(merged(self.state, frame.end, frame.depth), passed, frame.depth);
            }
            Operator::Branch(label) => return self.branch(&[*label], false),
            Operator::BranchIf(label) => return self.branch(&[*label], true),
            Operator::BranchTable(labels) => return self.branch(labels, false),
            Operator::Leave => self.state = None,
            _ if counters.count_in(operator) => self.state = self.state.map(|_| self.depth),
            _ => {}
        }
        None
    }

    fn begin(&mut self, is_loop: Option<(usize, usize)>, is_if: bool) {
        self.open.push(Frame { is_loop, depth: self.depth, start: self.state, is_if, end: None });
    }

    fn branch(&mut self, labels: &[u32], goes_on: bool) -> Option<usize> {
        let counted = self.state?;
        let frames = self.open.len();
        let target = |label: &u32| frames.checked_sub(*label as usize + 1);
        let is_uncounted = |index| match self.open.get(index) {
            Some(Frame { is_loop: Some((number, place)), .. }) if counted <= *place => Some(*number),
            _ => None,
        };
        let uncounted = labels.iter().filter_map(target).find_map(is_uncounted);
        if uncounted.is_some() {
            self.state = Some(self.depth);
        }
        for index in labels.iter().filter_map(target) {
            if let Some(frame) = self.open.get_mut(index).filter(|frame| frame.is_loop.is_none()) {
                frame.end = merged(frame.end, self.state, frame.depth);
            }
        }
        if !goes_on {
            self.state = None;
        }
        uncounted
    }
}

fn merged(one: State, other: State, depth: usize) -> State {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other).min(depth)),
        (one, other) => one.or(other).map(|state| state.min(depth)),
    }
}
