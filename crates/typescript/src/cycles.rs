//! Takes out what `tsc` refuses in otherwise well-formed types: names that stand for themselves, and
//! intersections of large unions.

use crate::types::{NamedType, Type, Types};

/// `tsc` gives up on an intersection with more than 100,000 combinations ("too complex to represent").
const MAX_COMBINATIONS: usize = 10_000;

/// Replaces each reference that closes a circle without an object or array in between, and each
/// intersection with too many combinations, by `unknown`.
pub fn cut(types: &mut Types) {
    let mut state = vec![State::New; types.named.len()];
    for index in 0..types.named.len() {
        visit(index, &mut types.named, &mut state);
    }
    let mut sizes = vec![None; types.named.len()];
    for index in 0..types.named.len() {
        size_of_named(index, &mut types.named, &mut sizes);
    }
    size(&mut types.root, &mut types.named, &mut sizes);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn visit(index: usize, named: &mut Vec<NamedType>, state: &mut Vec<State>) {
    if state[index] != State::New {
        return;
    }
    state[index] = State::Open;
    let mut body = std::mem::replace(&mut named[index].of, Type::Unknown);
    cut_bare(&mut body, named, state);
    named[index].of = body;
    state[index] = State::Done;
}

/// Looks at what a type stands for directly, not at what its properties and elements hold.
fn cut_bare(of: &mut Type, named: &mut Vec<NamedType>, state: &mut Vec<State>) {
    match of {
        Type::Named(index) if state[*index] == State::Open => *of = Type::Unknown,
        Type::Named(index) => visit(*index, named, state),
        Type::Union(members) | Type::Intersection(members) => {
            members.iter_mut().for_each(|member| cut_bare(member, named, state));
        }
        _ => {}
    }
}

fn size_of_named(index: usize, named: &mut Vec<NamedType>, sizes: &mut Vec<Option<usize>>) -> usize {
    if let Some(size) = sizes[index] {
        return size;
    }
    // What is met again below an object or array counts as one.
    sizes[index] = Some(1);
    let mut body = std::mem::replace(&mut named[index].of, Type::Unknown);
    let own = size(&mut body, named, sizes);
    named[index].of = body;
    sizes[index] = Some(own);
    own
}

/// How many members the type has when it is written as one union.
fn size(of: &mut Type, named: &mut Vec<NamedType>, sizes: &mut Vec<Option<usize>>) -> usize {
    match of {
        Type::Named(index) => size_of_named(*index, named, sizes),
        Type::Union(members) => {
            members.iter_mut().map(|member| size(member, named, sizes)).fold(0, usize::saturating_add)
        }
        Type::Intersection(members) => {
            let combinations =
                members.iter_mut().map(|member| size(member, named, sizes)).fold(1, usize::saturating_mul);
            if combinations > MAX_COMBINATIONS {
                *of = Type::Cut;
                return 1;
            }
            combinations
        }
        Type::Array(_) | Type::Tuple(..) | Type::Object(_) => {
            of.children_mut(&mut |child| {
                size(child, named, sizes);
            });
            1
        }
        Type::Keyword("boolean") => 2,
        Type::Unknown | Type::Cut | Type::Never | Type::Keyword(_) | Type::Literal(_) => 1,
    }
}
