//! Whatever computes in the built interpreter counts: there is no way round a loop, no recursion and no moving of
//! memory without. `scripts/toolchain/uncounted-functions` says what may go without, and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tests::project;
use wasmparser::{ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

/// Functions that count what they are told to, do, or compare.
const COUNTERS: [&str; 4] = ["bobbin_count", "bobbin_copy", "bobbin_fill", "__sanitizer_cov_trace_pc"];

/// Functions of the C library and of compilers that take as long as their arguments say. None may go uncounted.
const AS_LONG_AS_THEIR_ARGUMENTS: [&str; 22] = [
    "memchr",
    "memrchr",
    "__memrchr",
    "memcpy",
    "memmove",
    "memset",
    "strlen",
    "strnlen",
    "strchr",
    "__strchrnul",
    "strrchr",
    "strcmp",
    "strstr",
    "strtod",
    "__floatscan",
    "vfprintf",
    "printf_core",
    "snprintf",
    "fmod",
    "pow",
    "__rem_pio2_large",
    "qsort",
];

/// A built module, as far as its work goes.
struct Module<'a> {
    bodies: BTreeMap<u32, FunctionBody<'a>>,
    /// What is exported: functions, and addresses of variables.
    functions: HashMap<&'a str, u32>,
    addresses: HashMap<&'a str, u64>,
    /// Functions that go uncounted, with their names.
    uncounted: BTreeMap<u32, &'a str>,
}

impl<'a> Module<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let mut module = Self {
            bodies: BTreeMap::new(),
            functions: HashMap::new(),
            addresses: HashMap::new(),
            uncounted: BTreeMap::new(),
        };
        let (mut next, mut globals) = (0, Vec::new());
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.expect("a module") {
                Payload::ImportSection(imports) => {
                    let imports = imports.into_imports().map(|import| import.expect("an import").ty);
                    next += imports.filter(|kind| matches!(kind, TypeRef::Func(_))).count() as u32;
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        let mut start = global.expect("a global").init_expr.get_operators_reader();
                        globals.push(match start.read().expect("a value") {
                            Operator::I32Const { value } => u64::from(value.cast_unsigned()),
                            _ => 0,
                        });
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export.expect("an export");
                        match export.kind {
                            ExternalKind::Func => drop(module.functions.insert(export.name, export.index)),
                            ExternalKind::Global => {
                                _ = module.addresses.insert(export.name, globals[export.index as usize]);
                            }
                            _ => {}
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    module.bodies.insert(next, body);
                    next += 1;
                }
                Payload::CustomSection(section) if section.name() == "uncounted" => {
                    let text = std::str::from_utf8(section.data()).expect("text");
                    let lines = text.lines().map(|line| line.split_once(' ').expect("an index and a name"));
                    module.uncounted = lines.map(|(index, name)| (index.parse().expect("an index"), name)).collect();
                }
                _ => {}
            }
        }
        module
    }

    /// The functions that have a way round a loop, or move memory, and count nothing for it, where only calls of
    /// `counters` count, and what is added to the count itself.
    fn computing_without_counting(&self, counters: &[&str]) -> BTreeSet<u32> {
        let counters: Vec<u32> = counters.iter().map(|name| self.functions[name]).collect();
        let counting = Counting { counters, work: self.addresses["bobbin_work"] };
        let counted = self.bodies.iter().filter(|(index, _)| !self.uncounted.contains_key(index));
        counted.filter(|(_, body)| counting.misses(body)).map(|(index, _)| *index).collect()
    }
}

/// What counts.
struct Counting {
    counters: Vec<u32>,
    work: u64,
}

impl Counting {
    fn counts(&self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::Call { function_index } => self.counters.contains(function_index),
            Operator::I64Store { memarg } => memarg.offset == self.work,
            _ => false,
        }
    }

    fn misses(&self, body: &FunctionBody<'_>) -> bool {
        let operators = operators(body);
        let moves_any_length = operators.windows(2).any(|pair| {
            matches!(pair[1], Operator::MemoryCopy { .. } | Operator::MemoryFill { .. })
                && !matches!(pair[0], Operator::I32Const { .. })
        });
        let next = successors(&operators);
        let ways: Vec<&[usize]> = operators
            .iter()
            .zip(&next)
            .map(|(operator, next)| if self.counts(operator) { &[] } else { next.as_slice() })
            .collect();
        moves_any_length || has_cycle(&ways)
    }
}

fn operators<'a>(body: &FunctionBody<'a>) -> Vec<Operator<'a>> {
    let reader = body.get_operators_reader().expect("operators");
    reader.into_iter().map(|operator| operator.expect("an operator")).collect()
}

/// Where each operator may lead: the ways through a function.
fn successors(operators: &[Operator<'_>]) -> Vec<Vec<usize>> {
    // Where each block begins and ends, and where its `else` is.
    let (mut ends, mut elses, mut open) = (HashMap::new(), HashMap::new(), Vec::new());
    for (at, operator) in operators.iter().enumerate() {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => open.push(at),
            Operator::Else => drop(elses.insert(*open.last().expect("an if"), at)),
            Operator::End => drop(open.pop().map(|start| ends.insert(start, at))),
            _ => {}
        }
    }
    let last = operators.len() - 1;
    let mut open = Vec::new();
    let mut next = Vec::new();
    for (at, operator) in operators.iter().enumerate() {
        let target = |depth: u32| match open.len().checked_sub(depth as usize + 1).map(|index| open[index]) {
            Some(start) if matches!(operators[start], Operator::Loop { .. }) => start,
            Some(start) => ends[&start],
            None => last,
        };
        next.push(match operator {
            Operator::Unreachable | Operator::Return => vec![],
            Operator::Br { relative_depth } => vec![target(*relative_depth)],
            Operator::BrIf { relative_depth } => vec![target(*relative_depth), at + 1],
            Operator::BrTable { targets } => {
                let depths = targets.targets().map(|depth| depth.expect("a target")).chain([targets.default()]);
                depths.map(target).collect()
            }
            Operator::If { .. } => vec![at + 1, elses.get(&at).map_or(ends[&at], |at| at + 1)],
            // The end of what comes before it.
            Operator::Else => vec![ends[open.last().expect("an if")]],
            _ if at == last => vec![],
            _ => vec![at + 1],
        });
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => open.push(at),
            Operator::End => drop(open.pop()),
            _ => {}
        }
    }
    next
}

fn has_cycle(next: &[&[usize]]) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        OnTheWay,
        Done,
    }
    let mut seen = vec![Seen::Not; next.len()];
    for start in 0..next.len() {
        let mut way = vec![(start, 0)];
        while let Some((at, branch)) = way.pop() {
            if branch == 0 {
                if seen[at] != Seen::Not {
                    continue;
                }
                seen[at] = Seen::OnTheWay;
            }
            match next[at].get(branch) {
                Some(to) if seen[*to] == Seen::OnTheWay => return true,
                Some(to) => way.extend([(at, branch + 1), (*to, 0)]),
                None => seen[at] = Seen::Done,
            }
        }
    }
    false
}

#[test]
fn every_way_round_a_loop_counts() {
    let bytes = project::component("execution");
    let without = Module::read(&bytes).computing_without_counting(&COUNTERS);
    assert!(without.is_empty(), "functions {without:?}; to see their names, build with strip = \"none\"");
}

/// The check itself sees what does not count: without what the linker adds, the C library and Rust would not.
#[test]
fn much_would_not_count_by_itself() {
    let bytes = project::component("execution");
    let without = Module::read(&bytes).computing_without_counting(&["__sanitizer_cov_trace_pc"]);
    assert!(without.len() > 100, "{without:?}");
}

#[test]
fn every_recursion_counts() {
    let bytes = project::component("execution");
    let module = Module::read(&bytes);
    let counters: Vec<u32> = COUNTERS.iter().map(|name| module.functions[name]).collect();
    let counting = Counting { counters, work: module.addresses["bobbin_work"] };
    let indices: Vec<u32> = module.bodies.keys().copied().collect();
    let calls: Vec<Vec<usize>> = module
        .bodies
        .values()
        .map(|body| {
            let operators = operators(body);
            let is_counted = operators.iter().any(|operator| counting.counts(operator));
            let called = operators.iter().filter_map(|operator| match operator {
                Operator::Call { function_index } => indices.binary_search(function_index).ok(),
                _ => None,
            });
            if is_counted { vec![] } else { called.collect() }
        })
        .collect();
    assert!(!has_cycle(&calls.iter().map(Vec::as_slice).collect::<Vec<_>>()), "functions call themselves uncounted");
}

#[test]
fn what_goes_uncounted_has_a_reason_and_takes_no_time() {
    let list = std::fs::read_to_string(project::path("scripts/toolchain/uncounted-functions")).expect("the list");
    let bytes = project::component("execution");
    let module = Module::read(&bytes);
    assert!(!module.uncounted.is_empty(), "the module says what goes uncounted");
    let reasons = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let patterns: Vec<&str> = reasons.map(|line| line.split_once(": ").expect("a name and a reason").0).collect();
    let matches = |pattern: &str, name: &str| match pattern.trim_matches('*') {
        part if part == pattern => name == pattern,
        part => name.contains(part),
    };
    for name in module.uncounted.values() {
        let has_reason = COUNTERS.contains(name) || patterns.iter().any(|pattern| matches(pattern, name));
        assert!(has_reason, "{name}");
        assert!(!AS_LONG_AS_THEIR_ARGUMENTS.contains(name), "{name} takes as long as its arguments say");
    }
    for pattern in patterns {
        assert!(module.uncounted.values().any(|name| matches(pattern, name)), "{pattern} is for nothing");
        for name in AS_LONG_AS_THEIR_ARGUMENTS {
            assert!(!matches(pattern, name), "{pattern} is for {name}, too");
        }
    }
}
