//! Takes named types back that need no name: those that are used once, and small ones.

use crate::print;
use crate::types::{NamedType, Property, Type, Types, intersection, union};

/// A type that is no longer than this in print is repeated rather than named.
const SMALL: usize = 40;

/// Afterwards only types that are recursive, or large and used more than once, have a name.
pub fn inline(types: &mut Types) {
    let mut work = Inliner {
        uses: vec![0; types.named.len()],
        recursive: vec![false; types.named.len()],
        done: vec![false; types.named.len()],
        kept: vec![false; types.named.len()],
    };
    work.count(&types.root, &types.named, &mut Vec::new());
    let mut root = std::mem::replace(&mut types.root, Type::Unknown);
    work.replace(&mut root, &mut types.named);
    types.root = root;
    work.renumber(types);
}

struct Inliner {
    uses: Vec<usize>,
    recursive: Vec<bool>,
    done: Vec<bool>,
    kept: Vec<bool>,
}

impl Inliner {
    /// Counts the uses of each name that can be reached, and finds the recursive ones.
    fn count(&mut self, of: &Type, named: &[NamedType], open: &mut Vec<usize>) {
        if let Type::Named(index) = of {
            self.uses[*index] += 1;
            if open.contains(index) {
                self.recursive[*index] = true;
            } else if self.uses[*index] == 1 {
                open.push(*index);
                self.count(&named[*index].of, named, open);
                open.pop();
            }
        }
        of.children(&mut |child| self.count(child, named, open));
    }

    fn replace(&mut self, of: &mut Type, named: &mut Vec<NamedType>) {
        if let Type::Named(index) = *of {
            self.finish(index, named);
            if !self.kept[index] {
                *of = named[index].of.clone();
            }
            return;
        }
        if let Type::Object(object) = of {
            object.properties.iter_mut().for_each(|property| self.replace_property(property, named));
            object.index.iter_mut().for_each(|index| self.replace(index, named));
            return;
        }
        of.children_mut(&mut |child| self.replace(child, named));
        // What was behind a name may be a union, or an object that can be merged.
        match of {
            Type::Union(members) => *of = union(std::mem::take(members)),
            Type::Intersection(members) => *of = intersection(std::mem::take(members)),
            _ => {}
        }
    }

    /// A property that loses the name of its type keeps what the type's schema said.
    fn replace_property(&mut self, property: &mut Property, named: &mut Vec<NamedType>) {
        let target = if let Type::Named(index) = property.of { Some(index) } else { None };
        self.replace(&mut property.of, named);
        let Some(index) = target.filter(|index| !self.kept[*index]) else { return };
        let inherited = named[index].docs.clone();
        property.docs.description = property.docs.description.take().or(inherited.description);
        for (tag, text) in inherited.tags {
            if property.docs.tag(tag).is_none() {
                property.docs.tags.push((tag, text));
            }
        }
    }

    /// Replaces inside a named type, and decides whether it keeps its name.
    fn finish(&mut self, index: usize, named: &mut Vec<NamedType>) {
        if std::mem::replace(&mut self.done[index], true) {
            return;
        }
        self.kept[index] = self.recursive[index];
        let mut body = std::mem::replace(&mut named[index].of, Type::Unknown);
        self.replace(&mut body, named);
        named[index].of = body;
        self.kept[index] |= self.uses[index] > 1 && print::is_longer_than(&named[index].of, SMALL);
    }

    /// Drops the names that nothing refers to any more.
    fn renumber(&self, types: &mut Types) {
        let mut places = Vec::with_capacity(self.kept.len());
        let mut next = 0;
        for kept in &self.kept {
            places.push(next);
            next += usize::from(*kept);
        }
        let mut kept = self.kept.iter();
        types.named.retain(|_| kept.next().copied().unwrap_or(false));
        renumber(&mut types.root, &places);
        types.named.iter_mut().for_each(|named| renumber(&mut named.of, &places));
    }
}

fn renumber(of: &mut Type, places: &[usize]) {
    if let Type::Named(index) = of {
        *index = places[*index];
    }
    of.children_mut(&mut |child| renumber(child, places));
}
