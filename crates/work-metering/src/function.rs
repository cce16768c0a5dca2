//! Puts the counting into one function.

use std::ops::Range;

use crate::binary::{Reader, write_i32_const, write_u32};
use crate::counters::Counters;
use crate::loops::Loops;
use crate::operator::{Operator, read};

/// The weight of operators that take about as long as one unit of work, together with what counting takes.
const WEIGHT_PER_UNIT: u32 = 6;

/// What one count adds at the most: of a long function only a part is passed through.
const MOST_UNITS: u32 = 16;

/// The weight up to which code is taken to be passed through from its start to its end.
const PASSED_WHOLE: u32 = 24;

/// Functions up to this weight that contain no loop count with their caller.
const SMALL: u32 = 24;

/// A function's body with the counting put in, or `None` when nothing is missing.
pub(crate) fn count(body: &[u8], counters: &Counters) -> Result<Option<Vec<u8>>, String> {
    let mut from = Reader::new(body);
    for _ in 0..from.u32()? {
        from.u32()?;
        from.byte()?;
    }
    let start = from.position();
    let mut operators = Vec::new();
    let mut places: Vec<Range<usize>> = Vec::new();
    while !from.is_empty() {
        let at = from.position();
        operators.push(read(&mut from)?);
        places.push(at..from.position());
    }

    let loops = Loops::of(&operators, counters);
    let uncounted = loops.uncounted(&operators, counters);
    let mut counted = body[..start].to_vec();
    let mut is_changed = false;
    if !loops.counts && (loops.outside > SMALL || operators.contains(&Operator::Loop)) {
        write_count(&mut counted, units(passed(loops.outside)), counters);
        is_changed = true;
    }
    // It counts in place, which is faster; so do its loops.
    let is_interpreter = operators.contains(&Operator::Store64(counters.work));
    for (number, (operator, place)) in operators.iter().zip(places).enumerate() {
        let is_sized = number > 0 && operators[number - 1] == Operator::Constant;
        if let Some(weight) = uncounted.get(&number) {
            match is_interpreter {
                true => write_direct_count(&mut counted, units(passed(*weight)), counters),
                false => write_count(&mut counted, units(passed(*weight)), counters),
            }
            is_changed = true;
        }
        match operator {
            Operator::MemoryCopy | Operator::MemoryFill if !is_sized => {
                let is_copy = *operator == Operator::MemoryCopy;
                write_call(&mut counted, if is_copy { counters.copy } else { counters.fill });
                is_changed = true;
            }
            Operator::Call(function) if *function == counters.trace => {
                let units = units(weight_of_block(&operators[number + 1..], counters));
                match units {
                    1 => counted.extend_from_slice(&body[place]),
                    _ => write_count(&mut counted, units, counters),
                }
                is_changed |= units > 1;
            }
            _ => counted.extend_from_slice(&body[place]),
        }
    }
    Ok(is_changed.then_some(counted))
}

/// What follows up to where it can be left or joined, or counts again.
fn weight_of_block(operators: &[Operator], counters: &Counters) -> u32 {
    let ends = |operator: &&Operator| {
        let is_joined = matches!(operator, Operator::Loop | Operator::If | Operator::Else | Operator::End);
        let is_left = matches!(operator, Operator::Branch(_) | Operator::BranchTable(_) | Operator::Leave);
        is_joined || is_left || counters.count_in(operator)
    };
    operators.iter().take_while(|operator| !ends(operator)).map(Operator::weight).sum()
}

/// How much of code of this weight is passed through: all of a little, a part of much.
fn passed(weight: u32) -> u32 {
    weight.min(PASSED_WHOLE) + weight.saturating_sub(PASSED_WHOLE) / 4
}

fn units(weight: u32) -> u32 {
    weight.div_ceil(WEIGHT_PER_UNIT).clamp(1, MOST_UNITS)
}

fn write_count(to: &mut Vec<u8>, units: u32, counters: &Counters) {
    write_i32_const(to, units);
    write_call(to, counters.count);
}

fn write_direct_count(to: &mut Vec<u8>, units: u32, counters: &Counters) {
    const LOAD64: u8 = 0x29;
    const STORE64: u8 = 0x37;
    const CONSTANT64: u8 = 0x42;
    const ADD64: u8 = 0x7c;
    const ALIGN64: u8 = 3;
    write_i32_const(to, 0);
    write_i32_const(to, 0);
    to.extend([LOAD64, ALIGN64]);
    write_u32(to, counters.work);
    to.extend([CONSTANT64, units.min(63) as u8, ADD64, STORE64, ALIGN64]);
    write_u32(to, counters.work);
}

fn write_call(to: &mut Vec<u8>, function: u32) {
    to.push(0x10);
    write_u32(to, function);
}
